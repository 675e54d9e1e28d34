// A release is compiled before it goes live, and nothing of what is served changes.

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>
#include <cachetool/pool.hpp>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using nlohmann::json;
using test::call;
using test::contains;
using test::php_fpm;
namespace fs = std::filesystem;

namespace {

/// A site with two releases behind a link, whose entry script includes one file by __DIR__ and one by the link.
class site {
 public:
  explicit site(std::map<std::string, std::string> ini = {}) : server_(options(std::move(ini))) {
    for (auto const* number : {"1", "2"}) write_release(number, number);
    lead_to("1");
  }

  void write_release(std::string const& name, std::string const& content) const {
    std::string const in = "releases/" + name + "/";
    (void)server_.write_script(
        in + "index.php",
        "<?php echo '" + content + " '; require __DIR__ . '/rel.php'; require '" + current() + "/abs.php';");
    for (auto const* file : {"rel.php", "abs.php"})
      (void)server_.write_script(in + file, "<?php echo '" + content + " ';");
    (void)server_.write_script(in + "unused.php", "<?php echo '" + content + " ';");
  }

  void lead_to(std::string const& name) const {
    fs::remove(current());
    fs::create_directory_symlink("releases/" + name, current());
  }

  [[nodiscard]] std::string current() const { return server_.document_root() + "/current"; }
  [[nodiscard]] std::string release(std::string const& name) const {
    return server_.document_root() + "/releases/" + name;
  }
  [[nodiscard]] std::string answer() const { return test::run_script(server_, current() + "/index.php").body; }

  [[nodiscard]] json warm(std::string const& name, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"deploy:warm", release(name), "--format=json"});
    auto const output = call(server_, more);
    INFO(output.err);
    return json::parse(output.out)["targets"][0];
  }

  /// Has every worker resolve paths anew, and OPcache forget these files of a release.
  void forget(std::string const& name) const {
    pool php{server_.endpoint()};
    php.realpath_cache_clear();
    opcache::invalidate_query query;
    query.directory = release(name);
    query.force = true;
    (void)php.opcache_invalidate(query);
  }

  [[nodiscard]] php_fpm const& operator*() const noexcept { return server_; }

 private:
  static test::fpm_options options(std::map<std::string, std::string> ini) {
    auto out = test::one_pool();
    ini.emplace("opcache.validate_timestamps", "0");
    out.ini = std::move(ini);
    return out;
  }

  php_fpm server_;
};

}  // namespace

TEST_CASE("what is cached of the running release is compiled of the new one, and nothing else") {
  site const app;
  CHECK(app.answer() == "1 1 1 ");
  auto const target = app.warm("2");
  CHECK(target["ok"] == true);
  CHECK(target["result"]["running"] == app.release("1"));
  CHECK(target["result"]["compiled"] == 3);
  CHECK(target["result"]["scripts"].size() == 3);
  CHECK(app.answer() == "1 1 1 ");
}

TEST_CASE("a file with several classes that inherit compiles, though what they inherit from is not there") {
  auto options = test::fpm_options{.ini = {{"opcache.validate_timestamps", "0"}}, .extensions = {"tokenizer.so"}};
  php_fpm const server{options};
  auto const file = server.write_script("release/two.php",
                                        "<?php class A extends Missing {} class B extends Missing {} function f() {}");
  auto const other =
      server.write_script("release/templates.php", "<?php class T1 extends Template {}\nclass T2 extends Template {}");
  auto const plain = server.write_script("release/plain.php", "<?php class Plain {}");
  auto const output = call(server, {"deploy:warm", server.document_root() + "/release", "--format=json"});
  INFO(output.err);
  auto const result = json::parse(output.out)["targets"][0]["result"];
  CHECK(result["compiled"] == 3);
  CHECK(result["failed"] == 0);
}

TEST_CASE("what is cached and has not changed is ready") {
  site const app;
  std::this_thread::sleep_for(std::chrono::milliseconds(3100));  // so that the cache is younger than the files
  pool{(*app).endpoint()}.opcache_reset();
  CHECK(app.answer() == "1 1 1 ");
  CHECK(app.warm("2")["result"]["compiled"] == 3);
  auto const again = app.warm("2")["result"];
  CHECK(again["compiled"] == 0);
  CHECK(again["ready"] == 3);
}

TEST_CASE("every file of a release is compiled if that is asked for, or if none runs") {
  site const app;
  SECTION("asked for") {
    CHECK(app.answer() == "1 1 1 ");
    CHECK(app.warm("2", {"--every-file"})["result"]["compiled"] == 4);
  }
  SECTION("none runs") {
    CHECK(app.warm("2")["result"]["compiled"] == 4);
  }
}

TEST_CASE("compiling a release that was live before and is forgotten does not bring it back") {
  for (auto const* validate : {"0", "1"}) {
    site const app{{{"opcache.validate_timestamps", validate}}};
    CHECK(app.answer() == "1 1 1 ");
    CHECK(app.warm("2")["ok"] == true);  // else a visit would compile the names below the link anew
    app.lead_to("2");
    app.forget("1");
    CHECK(app.answer() == "2 2 2 ");
    auto const target = app.warm("1", {"--every-file"});
    INFO(target.dump());
    CHECK(target["ok"] == true);
    for (int i = 0; i < 20; ++i) CHECK(app.answer() == "2 2 2 ");
  }
}

TEST_CASE("a release that was built anew in its place is not taken for ready") {
  site const app;
  CHECK(app.answer() == "1 1 1 ");
  CHECK(app.warm("2")["result"]["compiled"] == 3);
  app.write_release("2", "new");
  CHECK(app.warm("2")["result"]["compiled"] == 3);
  app.lead_to("2");
  pool{(*app).endpoint()}.realpath_cache_clear();
  app.forget("1");
  CHECK(app.answer() == "new new new ");
}

TEST_CASE("a running release that was changed in its place is refused") {
  site const app;
  CHECK(app.answer() == "1 1 1 ");
  app.write_release("1", "new");
  auto const output = call(*app, {"deploy:warm", app.release("1")});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "is the release that runs, and 3 of its cached scripts may have changed"));
  CHECK(contains(output.err, "hint: cachetool opcache:refresh " + app.release("1")));
  CHECK(app.answer() == "1 1 1 ");
}

TEST_CASE("a file of the release that does not compile is named, and the others are compiled") {
  site const app;
  CHECK(app.answer() == "1 1 1 ");
  (void)(*app).write_script("releases/2/rel.php", "<?php this is bad");
  auto const output = call(*app, {"deploy:warm", app.release("2")});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.out, "2 scripts compiled, 1 failed"));
  CHECK(contains(output.err, app.release("2") + "/rel.php did not compile: syntax error"));
}

TEST_CASE("a release that only php-fpm can read is compiled like the running one; to list its files is an error") {
  if (!test::is_root()) return test::skip("needs root");
  site const app;
  CHECK(app.answer() == "1 1 1 ");
  std::string const all = (*app).document_root() + "/releases";
  fs::permissions(all, fs::perms::owner_all);
  REQUIRE(chown(all.c_str(), test::pool_user(), gid_t(-1)) == 0);
  auto const warmed = call(*app, {"deploy:warm", app.release("2")}, test::as_nobody());
  INFO(warmed.err);
  CHECK(warmed.exit_code == 0);
  CHECK(contains(warmed.out, "3 scripts compiled"));
  auto const listed = call(*app, {"opcache:compile:scripts", app.release("2")}, test::as_nobody());
  CHECK(listed.exit_code == 2);
  CHECK(contains(listed.err, "cannot be read: Permission denied"));
  auto const every = call(*app, {"deploy:warm", "--every-file", app.release("2")}, test::as_nobody());
  CHECK(every.exit_code == 2);
  CHECK(contains(every.err, "cannot be read: Permission denied"));
}

TEST_CASE("a release that php-fpm does not see is an error") {
  site const app;
  auto const output = call(*app, {"deploy:warm", "/nonexistent"});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.err, "php-fpm sees no directory /nonexistent"));
}

TEST_CASE("a file that opcache.blacklist_filename leaves out need not compile") {
  test::temp_dir const lists;
  auto const list = lists.path() + "/blacklist.txt";
  std::ofstream{list} << "/*/*/www/release/templates/**/b?oken*\n";
  fs::permissions(lists.path(), fs::perms(0755));
  php_fpm const server{test::fpm_options{.ini = {{"opcache.blacklist_filename", list}}}};
  (void)server.write_script("release/good.php", "<?php return 1;");
  (void)server.write_script("release/templates/a/b/broken.php", "<?php this is no PHP");
  fs::path const release = server.document_root() + "/release";
  for (auto const& arguments : std::vector<std::vector<std::string>>{{"deploy:warm", release, "--every-file"},
                                                                     {"opcache:compile:scripts", release}}) {
    auto const output = call(server, arguments);
    INFO(output.out << output.err);
    CHECK(output.exit_code == 0);
    CHECK(contains(output.err, "broken.php is not cached: opcache.blacklist_filename leaves it out"));
  }
  (void)server.write_script("release/templates/bad.php", "<?php nor is this");
  CHECK(call(server, {"opcache:compile:scripts", release}).exit_code == 1);
}
