// A release goes live behind a symlink, against a real php-fpm.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A visit that stops in its page until it is told to go on.
class visit_in_progress {
 public:
  visit_in_progress(php_fpm const& server, site const& of) : mark_(server.document_root() + "/pause") {
    chmod(server.document_root().c_str(), 0777);
    auto request = request_for(of.current() + "/index.php");
    request.params.emplace_back("PAUSE", mark_);
    thread_ = std::thread(
        [this, request, where = server.endpoint()] { answer_ = fastcgi::client(where).execute(request).body; });
    for (int i = 0; i < 5000 && !fs::exists(mark_); ++i) std::this_thread::sleep_for(1ms);
  }
  ~visit_in_progress() { finish(); }

  std::string finish() {
    unlink(mark_.c_str());
    if (thread_.joinable()) thread_.join();
    return answer_;
  }

 private:
  std::string mark_;
  std::string answer_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("without a finish the release before is served for ever: what the other tests would show") {
  php_fpm const server{options_for(4)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  pages.link("2");
  CHECK(visits(server, pages) == texts{"1 1 1"});
}

TEST_CASE("after deploy:finish every worker serves the release that the link leads to") {
  bool const validates = GENERATE(false, true);
  CAPTURE(validates);
  php_fpm const server{options_for(4, validates)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  pages.link("2");
  auto const result = finish(server, pages);
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, pages.release("2") + " is served: 4/4 workers cleared"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("after deploy:finish of a warm release no visit compiles anything") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  REQUIRE(call(server, {"deploy:warm", pages.release("2")}).exit_code == 0);
  pages.link("2");
  REQUIRE(finish(server, pages).exit_code == 0);
  visits(server, pages, 6);
  auto const before = misses(server);
  CHECK(visits(server, pages, 60) == texts{"2 2 2"});
  CHECK(misses(server) == before);
}

TEST_CASE("a release can be rolled back, and rolled forward again") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  for (auto const* name : {"2", "1", "2", "1"}) {
    CAPTURE(name);
    REQUIRE(switch_to(server, pages, name).exit_code == 0);
    std::string const all = std::string(name) + " " + name + " " + name;
    CHECK(visits(server, pages) == texts{all});
  }
}

TEST_CASE("warming a release that was live before changes nothing in what is served") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  SECTION("after deploy:switch") {
    REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  }
  SECTION("after a switch by hand, which leaves names below the link that lead to the old release, dead for now") {
    REQUIRE(call(server, {"deploy:warm", pages.release("2")}).exit_code == 0);  // or these names would be compiled anew
    pages.link("2");
    REQUIRE(call(server, {"stat:clear"}).exit_code == 0);
    REQUIRE(call(server, {"opcache:invalidate:scripts", "--force", "--path=" + pages.release("1")}).exit_code == 0);
  }
  REQUIRE(visits(server, pages) == texts{"2 2 2"});
  CHECK(call(server, {"deploy:warm", "--every-file", pages.release("1")}).exit_code == 0);
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("a request that runs through the finish, and includes files after it, brings nothing back") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  // It begins in a worker that has been cleared: its page is the old one, by the name that still leads to it.
  pages.link("2");
  run_program({"stat:clear", "--fcgi=" + server.endpoint().text()});
  visit_in_progress running(server, pages);
  std::thread end([&running] {
    std::this_thread::sleep_for(300ms);
    running.finish();
  });
  auto const result = finish(server, pages);
  end.join();
  CHECK(result.exit_code == 0);
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("names are moved also while requests go on compiling the old scripts") {
  php_fpm const server{options_for(6)};
  site pages;
  for (auto const* name : {"1", "2"}) {
    for (int i = 0; i < 20; ++i) {
      pages.write(name, "lib/" + std::to_string(i) + ".php", "<?php return " + std::string(name) + ";");
    }
  }
  auto const includes = [&](std::string const& release) {
    return "for ($i = 0; $i < 20; ++$i) $all .= include \"" + release + "/lib/$i.php\";";
  };
  auto const page = server.write_script("page.php", "<?php $all = ''; " + includes(pages.current()) + " echo $all;");
  auto const old_page = server.write_script(
      "old.php", "<?php $all = ''; for ($end = microtime(true) + 0.02; microtime(true) < $end;) { " +
                     includes(pages.release("1")) + " }");
  REQUIRE(run_script(server, page).body == std::string(20, '1'));
  pages.link("2");
  std::vector<std::jthread> visitors;
  for (int i = 0; i < 5; ++i) {
    visitors.emplace_back([&](std::stop_token const& stop) {
      while (!stop.stop_requested()) static_cast<void>(run_script(server, old_page));
    });
  }
  auto const result = finish(server, pages);
  visitors.clear();
  INFO(result.err);
  CHECK(result.exit_code == 0);
  texts seen;
  for (int i = 0; i < 24; ++i) seen.insert(run_script(server, page).body);
  CHECK(seen == texts{std::string(20, '2')});
  auto const before = misses(server);
  for (int i = 0; i < 24; ++i) static_cast<void>(run_script(server, page));
  CHECK(misses(server) == before);
}

TEST_CASE("deploy:finish waits for a worker that is busy with a request from before") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  visit_in_progress running(server, pages);
  pages.link("2");
  program command(arguments_for(server, {"deploy:finish", pages.current()}));
  std::this_thread::sleep_for(200ms);
  CHECK(running.finish() == "1 1 1");
  auto const result = command.finish();
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "3/3 workers cleared"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("a worker that cannot be reached in time: OPcache is reset instead, and why is said") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  // Connected, and silent: the worker that has accepted it waits.
  auto const held = fastcgi::client(server.endpoint()).connect();
  visits(server, pages, 3);
  pages.link("2");
  auto const result = finish(server, pages, {"--deadline=1"});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "OPcache reset, confirmed"));
  CHECK(contains(result.out, "because not every worker could be reached"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("the deadline of deploy:switch is one for warming and finishing: it falls back in time") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  auto const held = fastcgi::client(server.endpoint()).connect();
  visits(server, pages, 3);
  auto const result = switch_to(server, pages, "2", {"--deadline=4"});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "because not every worker could be reached"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("deploy:switch --every-file switches nothing either if a file that is in use does not compile") {
  php_fpm const server{options_for(2)};
  site pages;
  visits(server, pages);
  pages.write("2", "rel.php", "<?php this is no PHP");
  auto const result = switch_to(server, pages, "2", {"--every-file"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "nothing was switched"));
  CHECK(fs::read_symlink(pages.current()) == pages.release("1"));
}

TEST_CASE("deploy:switch --every-file goes on where a file that is not in use does not compile") {
  php_fpm const server{options_for(2)};
  site pages;
  visits(server, pages);
  pages.write("2", "template.php", "<?php this is no PHP");
  CHECK(switch_to(server, pages, "2", {"--every-file"}).exit_code == 0);
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("a reset instead is waited for: a request that ends a moment later is no failure") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  visit_in_progress running(server, pages);
  pages.link("2");
  program command(arguments_for(server, {"deploy:finish", pages.current(), "--deadline=4"}));
  std::this_thread::sleep_for(3500ms);
  running.finish();
  auto const result = command.finish();
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "OPcache reset, confirmed"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("--no-fallback changes nothing then, and ends with 4") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  auto const held = fastcgi::client(server.endpoint()).connect();
  visits(server, pages, 3);
  pages.link("2");
  auto const result = finish(server, pages, {"--deadline=1", "--no-fallback"});
  CHECK(result.exit_code == 4);
  CHECK(contains(result.err, "OPcache was left as it is"));
  CHECK(visits(server, pages, 12) == texts{"1 1 1"});
}

TEST_CASE("the release that deploy:switch replaces is an old one, also if another link leads to it") {
  php_fpm const server{options_for(4)};
  site const pages;
  visits(server, pages);
  fs::create_symlink(pages.release("1"), pages.directory() + "/previous");
  auto const result = switch_to(server, pages, "2");
  CHECK(contains(result.out, "2 names moved"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("deploy:finish, too, finds the release before where another link leads to it") {
  php_fpm const server{options_for(4)};
  site const pages;
  visits(server, pages);
  fs::create_symlink(pages.release("1"), pages.directory() + "/previous");
  pages.link("2");
  auto const result = finish(server, pages);
  INFO(result.err);
  CHECK(contains(result.out, "2 names moved"));
  CHECK_FALSE(contains(result.out, "left alone"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("a site behind another link goes on as it was while the one beside it goes live") {
  php_fpm const server{options_for(4)};
  site const pages{{"1", "2", "3"}};
  fs::create_symlink(pages.release("3"), pages.directory() + "/staging");
  visits(server, pages);
  auto const staging = [&] { return run_script(server, pages.directory() + "/staging/rel.php").status; };
  for (int i = 0; i < 8; ++i) CHECK(staging() == 200);
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  CHECK(visits(server, pages) == texts{"2 2 2"});
  for (int i = 0; i < 8; ++i) CHECK(staging() == 200);
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("a release that was deleted, but is cached yet, does not come back by its names") {
  php_fpm const server{options_for(3, GENERATE(false, true))};
  site pages{{"1", "2", "3"}};
  for (auto const* name : {"1", "2", "3"}) {
    pages.write(name, "admin.php", "<?php echo '" + std::string(name) + "';");
  }
  visits(server, pages);
  REQUIRE(run_script(server, pages.release("1") + "/admin.php").body == "1");
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  REQUIRE(run_script(server, pages.current() + "/admin.php").body == "2");
  fs::remove_all(pages.release("1"));
  auto const result = switch_to(server, pages, "3");
  INFO(result.err);
  CHECK(result.exit_code == 0);
  // Before PHP 8.2 not every script can be forgotten whose file is gone.
  CHECK((php_fpm::version() < "8.2" || !contains(result.out, "OPcache reset")));
  CHECK(result.err.empty());
  CHECK(visits(server, pages) == texts{"3 3 3"});
  CHECK(run_script(server, pages.current() + "/admin.php").body == "3");
}

TEST_CASE("while a restart of OPcache is pending deploy:switch switches nothing") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  visit_in_progress running(server, pages);
  REQUIRE(call(server, {"opcache:reset"}).exit_code == 0);
  auto const result = switch_to(server, pages, "2");
  running.finish();
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "a restart of OPcache is pending, so nothing was compiled, and nothing switched"));
  CHECK(fs::read_symlink(pages.current()) == pages.release("1"));
}

TEST_CASE("deploy:finish refuses a release in the place of the link") {
  php_fpm const server{options_for(1)};
  site const pages;
  visits(server, pages);
  auto const result = call(server, {"deploy:finish", pages.release("1")});
  CHECK(result.exit_code == 2);
  CHECK(contains(result.err, "name the link that was switched"));
}

TEST_CASE("a release that another link leads to is left alone by deploy:finish, which says so") {
  php_fpm const server{options_for(2)};
  site const pages{{"1", "2", "3"}};
  fs::create_symlink(pages.release("3"), pages.directory() + "/staging");
  visits(server, pages);
  run_script(server, pages.release("3") + "/rel.php");
  pages.link("2");
  CHECK(contains(finish(server, pages).out, "left alone, because another link leads there: " + pages.release("3")));
}

TEST_CASE("a name that the live release has no file for leads nowhere any more") {
  php_fpm const server{options_for(2)};
  site pages;
  pages.write("1", "only.php", "<?php echo 'old';");
  visits(server, pages);
  for (int i = 0; i < 6; ++i) REQUIRE(run_script(server, pages.current() + "/only.php").body == "old");
  pages.link("2");
  CHECK(finish(server, pages).exit_code == 0);
  for (int i = 0; i < 6; ++i) CHECK(run_script(server, pages.current() + "/only.php").status == 404);
}

TEST_CASE("the target of another link beside the live release is left alone") {
  php_fpm const server{options_for(2)};
  site const pages{{"1", "2", "3"}};
  fs::create_symlink(pages.release("3"), pages.directory() + "/staging");
  visits(server, pages);
  run_script(server, pages.release("3") + "/rel.php");
  pages.link("2");
  auto const result =
      nlohmann::json::parse(finish(server, pages, {"--format=json"}).out).at("targets").at(0).at("result");
  REQUIRE(result.at("old").size() == 1);
  CHECK(result.at("old").at(0).at("path") == pages.release("1"));
}

TEST_CASE("deploy:finish of a link that leads nowhere says so, and changes nothing") {
  php_fpm const server{options_for(1)};
  temp_dir const empty;
  auto const result = call(server, {"deploy:finish", empty / "current"});
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "php-fpm sees nothing at " + empty / "current"));
}

TEST_CASE("deploy:switch warms, switches the link, and finishes") {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages);
  auto const result = switch_to(server, pages, "2");
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(fs::read_symlink(pages.current()) == pages.release("2"));
  CHECK(contains(result.out, pages.release("2") + " is served"));
  auto const before = misses(server);
  CHECK(visits(server, pages) == texts{"2 2 2"});
  CHECK(misses(server) == before);
}

TEST_CASE("deploy:switch keeps a relative link relative") {
  php_fpm const server{options_for(1)};
  site const pages;
  fs::remove(pages.current());
  fs::create_symlink("releases/1", pages.current());
  visits(server, pages);
  CHECK(switch_to(server, pages, "2").exit_code == 0);
  CHECK(fs::read_symlink(pages.current()) == "releases/2");
}

TEST_CASE("deploy:switch switches nothing if a file that is in use does not compile in the new release") {
  php_fpm const server{options_for(2)};
  site pages;
  visits(server, pages);
  pages.write("2", "rel.php", "<?php this is no PHP");
  auto const result = switch_to(server, pages, "2");
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, pages.release("2") + "/rel.php"));
  CHECK(contains(result.err, "nothing was switched"));
  CHECK(fs::read_symlink(pages.current()) == pages.release("1"));
  CHECK(visits(server, pages) == texts{"1 1 1"});
}

TEST_CASE("a release's name is quoted for the shell in the command that deploy:switch suggests") {
  php_fpm const server{options_for(2)};
  site pages;
  visits(server, pages);
  pages.write("2", "rel.php", "<?php this is no PHP");
  fs::rename(pages.release("2"), pages.release("$(id)"));
  auto const result = switch_to(server, pages, "$(id)");
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "cachetool deploy:warm '" + pages.release("$(id)") + "' -v"));
}

TEST_CASE("deploy:finish of a release in which a file that is in use does not compile ends with 1, and names it") {
  php_fpm const server{options_for(2)};
  site pages;
  visits(server, pages);
  pages.write("2", "abs.php", "<?php this is no PHP");
  pages.link("2");
  auto const result = finish(server, pages);
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, pages.release("2") + "/abs.php, which is in use, does not compile"));
}

TEST_CASE("deploy:switch refuses what is no link, and what is no directory") {
  php_fpm const server{options_for(1)};
  site const pages;
  CHECK(call(server, {"deploy:switch", pages.release("1"), pages.release("2")}).exit_code == 2);
  CHECK(call(server, {"deploy:switch", pages.current(), pages.release("9")}).exit_code == 2);
  CHECK(fs::read_symlink(pages.current()) == pages.release("1"));
}

TEST_CASE("where PHP looks at timestamps, it goes on doing so for what deploy:switch has compiled") {
  auto options = options_for(2, true);
  options.ini["opcache.revalidate_freq"] = "0";
  php_fpm const server{options};
  site pages;
  visits(server, pages);
  for (auto const* name : {"2", "1"}) {
    CAPTURE(name);
    REQUIRE(switch_to(server, pages, name).exit_code == 0);
    visits(server, pages);
    for (auto const* file : {"abs", "rel"}) {
      pages.write(name, file + std::string(".php"), "<?php $GLOBALS['" + std::string(file) + "'] = 'changed';");
      fs::last_write_time(pages.release(name) + "/" + file + ".php", fs::file_time_type::clock::now() - 30min);
    }
    CHECK(visits(server, pages) == texts{std::string(name) + " changed changed"});
  }
}

TEST_CASE("with a file cache a release goes live and is rolled back, also where PHP does not look at timestamps") {
  temp_dir const cache;
  chmod(cache.path().c_str(), 0777);
  auto options = options_for(3, GENERATE(false, true));
  options.ini["opcache.file_cache"] = cache.path();
  php_fpm const server{options};
  site const pages;
  visits(server, pages);
  for (auto const* name : {"2", "1", "2"}) {
    CAPTURE(name);
    auto const result = switch_to(server, pages, name);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    std::string const all = std::string(name) + " " + name + " " + name;
    CHECK(visits(server, pages) == texts{all});
  }
}

TEST_CASE("a release that was built anew does not come back from the file cache when it goes live") {
  temp_dir const cache;
  chmod(cache.path().c_str(), 0777);
  auto options = options_for(2);
  options.ini["opcache.file_cache"] = cache.path();
  php_fpm const server{options};
  site pages;
  for (auto const* file : {"/index.php", "/unused.php"}) {
    pages.write("2", "unused.php", "<?php echo 'old';");  // which the release that runs has not
    run_script(server, pages.release("2") + file);
  }
  pages.build("2", "new");
  pages.write("2", "unused.php", "<?php echo 'new';");
  REQUIRE(call(server, {"opcache:reset"}).exit_code == 0);
  visits(server, pages);
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  CHECK(visits(server, pages) == texts{"new new new"});
  CHECK(run_script(server, pages.current() + "/unused.php").body == "new");
}

TEST_CASE("where OPcache is a file cache only, a release goes live without anything to lead elsewhere") {
  temp_dir const cache;
  chmod(cache.path().c_str(), 0777);
  auto options = options_for(3);
  options.ini["opcache.file_cache"] = cache.path();
  options.ini["opcache.file_cache_only"] = "1";
  php_fpm const server{options};
  site const pages;
  visits(server, pages);
  for (auto const* name : {"2", "1"}) {
    CAPTURE(name);
    auto const result = switch_to(server, pages, name);
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "3/3 workers cleared"));
    std::string const all = std::string(name) + " " + name + " " + name;
    CHECK(visits(server, pages) == texts{all});
  }
}
