// Which links opcache:reset --graceful finds: those that no worker remembers, and whose releases lie anywhere.

#include <filesystem>
#include <fstream>

#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::test;
namespace fs = std::filesystem;

namespace {

program_result graceful(php_fpm const& server) {
  return call(server, {"opcache:reset", "--graceful"});
}

/// A site whose releases lie where its link does not: each in a directory of its own, as packages unpack them.
class scattered_site {
 public:
  scattered_site() {
    for (std::string const name : {"1", "2"}) {
      fs::create_directories(elsewhere(name));
      fs::copy(pages.release(name), elsewhere(name), fs::copy_options::recursive);
      for (auto const& each : fs::directory_iterator(elsewhere(name))) {
        fs::last_write_time(each, fs::file_time_type::clock::now() - std::chrono::hours(1));
      }
    }
    fs::remove_all(pages.directory() + "/releases");
    link("1");
  }

  [[nodiscard]] std::string elsewhere(std::string const& name) const {
    return (name == "1" ? first_ : second_) / "app-" + name;
  }

  void link(std::string const& name) const {
    fs::remove(pages.current());
    fs::create_symlink(elsewhere(name), pages.current());
  }

  site pages;

 private:
  temp_dir first_;
  temp_dir second_;
};

void forget_links(php_fpm const& server) {
  REQUIRE(call(server, {"stat:clear"}).exit_code == 0);
}

void check_followed(php_fpm const& server, program_result const& output) {
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "1 link followed"));
  CHECK(restarts(server) == 0);
}

}  // namespace

TEST_CASE("a release that lies nowhere near the present one is left by the names below the link, all workers new") {
  php_fpm const server{options_for(3, GENERATE(false, true))};
  scattered_site const site;
  CHECK(visits(server, site.pages) == texts{"1 1 1"});
  site.link("2");
  forget_links(server);
  static_cast<void>(visits(server, site.pages));  // by now each worker remembers where the link leads at present
  check_followed(server, graceful(server));
  CHECK(visits(server, site.pages) == texts{"2 2 2"});
}

TEST_CASE("a link that no worker remembers, and that lies in no directory above its releases, is found") {
  php_fpm const server{options_for(3)};
  scattered_site const site;
  CHECK(visits(server, site.pages) == texts{"1 1 1"});
  site.link("2");
  forget_links(server);
  check_followed(server, graceful(server));
  CHECK(visits(server, site.pages) == texts{"2 2 2"});
}

TEST_CASE("that is so where the present release is warm already, by its own name") {
  php_fpm const server{options_for(3)};
  scattered_site const site;
  CHECK(visits(server, site.pages) == texts{"1 1 1"});
  CHECK(call(server, {"opcache:compile:scripts", site.elsewhere("2")}).exit_code == 0);
  site.link("2");
  forget_links(server);
  check_followed(server, graceful(server));
  CHECK(visits(server, site.pages) == texts{"2 2 2"});
}

TEST_CASE(
    "names that lead to the present release are left alone, though other directories have scripts of those names") {
  php_fpm const server{options_for(3)};
  site const pages;
  site const alike;
  CHECK(visits(server, alike) == texts{"1 1 1"});
  CHECK(visits(server, pages) == texts{"1 1 1"});
  CHECK(call(server, {"opcache:compile:scripts", pages.release("2")}).exit_code == 0);
  auto const output = call(server, {"opcache:reset", "--graceful", "--format=json"});
  INFO(output.out << output.err);
  CHECK(contains(output.out, "\"links\":[]"));
  CHECK(restarts(server) == 0);
  CHECK(visits(server, pages) == texts{"1 1 1"});
}

TEST_CASE("where names lead is found though the scripts declare functions and classes of the same names") {
  php_fpm const server{options_for(2)};
  site pages;
  for (std::string const name : {"1", "2"}) {
    for (std::string const file : {"lib/a.php", "lib/b.php", "lib/c.php"}) {
      pages.write(name, file,
                  "<?php function f() {} class C { function is() { return '" + name + "'; } } echo (new C)->is();");
    }
  }
  auto const visit_all = [&] {
    std::string said;
    for (std::string const file : {"a", "b", "c"})
      said += run_script(server, pages.current() + "/lib/" + file + ".php").body;
    return said;
  };
  CHECK(visit_all() == "111");
  CHECK(call(server, {"opcache:compile:scripts", pages.release("2")}).exit_code == 0);
  pages.link("2");
  forget_links(server);
  CHECK(visit_all() == "111");
  check_followed(server, graceful(server));
  CHECK(visit_all() == "222");
}

TEST_CASE("names that lead through the release's own links to what all releases share are left alone") {
  php_fpm const server{options_for(3, true)};
  site const pages;
  std::string const shared = pages.directory() + "/shared/storage/views";
  fs::create_directories(shared);
  std::ofstream(shared + "/view.php") << "<?php echo 'view';";
  fs::last_write_time(shared + "/view.php", fs::file_time_type::clock::now() - std::chrono::hours(1));
  for (std::string const name : {"1", "2"}) {
    fs::create_symlink("../../shared/storage", pages.release(name) + "/storage");
  }
  auto const visit_view = [&] { return run_script(server, pages.current() + "/storage/views/view.php").body; };
  for (int i = 0; i < 12; ++i) CHECK(visit_view() == "view");
  CHECK(visits(server, pages) == texts{"1 1 1"});
  static_cast<void>(graceful(server));  // by now it knows what visitors have brought
  auto const again = graceful(server);
  INFO(again.out << again.err);
  CHECK(contains(again.out, "nothing to do"));
  pages.link("2");
  check_followed(server, graceful(server));
  CHECK(visits(server, pages) == texts{"2 2 2"});
  auto const before = misses(server);
  for (int i = 0; i < 12; ++i) CHECK(visit_view() == "view");
  CHECK(misses(server) - before <= 1);
}

TEST_CASE(
    "two links to one release, under which visitors know the same script, are told apart from one that was switched") {
  php_fpm const server{options_for(2)};
  site const pages;
  std::string const other = pages.directory() + "/other";
  fs::create_symlink(pages.release("2"), other);
  CHECK(visits(server, pages) == texts{"1 1 1"});  // so its rel.php stays cached beside the other
  pages.link("2");
  CHECK(call(server, {"opcache:reset", "--graceful"}).exit_code == 0);
  CHECK(visits(server, pages) == texts{"2 2 2"});
  for (std::string const& link : {pages.current(), other}) run_script(server, link + "/rel.php");
  auto const output = call(server, {"opcache:reset", "--graceful", "--format=json"});
  INFO(output.out << output.err);
  CHECK(contains(output.out, "\"links\":[]"));
}

TEST_CASE("where there are more links than it looks at it says so, and resets, instead of missing one") {
  php_fpm const server{options_for(2)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  for (int i = 0; i < 2001; ++i) fs::create_symlink("releases", pages.directory() + "/link" + std::to_string(i));
  pages.link("2");
  auto const output = graceful(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.err, "around the cached scripts there are more than 2000 links"));
  CHECK(restarts(server) == 1);
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("where a worker remembers more links than it tells, that is so too") {
  php_fpm const server{options_for(1)};
  site pages;
  pages.write("1", "walk.php", "<?php foreach (glob('" + pages.directory() + "/link*') as $link) realpath($link);");
  for (int i = 0; i < 1001; ++i) fs::create_symlink("releases", pages.directory() + "/link" + std::to_string(i));
  run_script(server, pages.release("1") + "/walk.php");
  auto const output = graceful(server);
  INFO(output.out << output.err);
  CHECK(contains(output.err, "a worker remembers more than 1000 links"));
  CHECK(restarts(server) == 1);
}

TEST_CASE("a site of the same names is not taken for the release before") {
  php_fpm const server{options_for(3)};
  site const pages;
  scattered_site const other;
  CHECK(visits(server, other.pages) == texts{"1 1 1"});
  CHECK(visits(server, pages) == texts{"1 1 1"});
  pages.link("2");
  check_followed(server, graceful(server));
  CHECK(visits(server, pages) == texts{"2 2 2"});
  auto const before = misses(server);
  CHECK(visits(server, other.pages) == texts{"1 1 1"});
  CHECK(misses(server) - before <= 1);
}
