// opcache:reset --graceful in setups of many kinds: kinds of pools, settings of OPcache, users, and runs that end
// early.

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

program_result graceful(php_fpm const& server, program_options const& who = {}) {
  return call(server, {"opcache:reset", "--graceful"}, who);
}

/// The release 2 goes live by the line alone, and then the first again.
void check_both_ways(php_fpm const& server, site const& pages, program_options const& who = {}) {
  CHECK(visits(server, pages) == texts{"1 1 1"});
  for (std::string const name : {"2", "1"}) {
    pages.link(name);
    auto const output = graceful(server, who);
    INFO(output.out << output.err);
    CHECK(output.exit_code == 0);
    CHECK(contains(output.out, "1 link followed"));
    CHECK(visits(server, pages) == texts{name + " " + name + " " + name});
  }
  CHECK(restarts(server) == 0);
}

}  // namespace

TEST_CASE("the link is followed in pools that are static, dynamic and ondemand") {
  auto options = options_for(4, GENERATE(false, true));
  options.pools.front().pm = GENERATE("static", "dynamic", "ondemand");
  php_fpm const server{options};
  check_both_ways(server, site());
}

TEST_CASE("the link is followed with the JIT on") {
  if (php_fpm::version() < "8.0") return does_not_apply("this PHP has no JIT");
  auto options = options_for(3);
  options.ini["opcache.jit"] = "tracing";
  options.ini["opcache.jit_buffer_size"] = "16M";
  php_fpm const server{options};
  REQUIRE(evaluate(server, "return opcache_get_status(false)['jit']['on'];").as_bool());
  check_both_ways(server, site());
}

TEST_CASE("the link is followed where there is a file cache beside the memory") {
  temp_dir const files;
  chmod(files.path().c_str(), 0777);
  auto options = options_for(3, GENERATE(false, true));
  options.ini["opcache.file_cache"] = files.path();
  php_fpm const server{options};
  check_both_ways(server, site());
}

TEST_CASE("a deploy user without root, whom the socket lets in, has the link followed") {
  if (!is_root()) return skip("needs root");
  auto options = options_for(3);
  options.pools.front().lines = {"listen.owner = nobody", "listen.mode = 0600"};
  php_fpm const server{options};
  check_both_ways(server, site(), as_nobody());
}

TEST_CASE("a link that only a pool of another root directory sees is followed through that pool") {
  if (!is_root()) return skip("needs root");
  temp_dir const jail;
  for (std::string const name : {"1", "2"}) {
    fs::create_directories(jail / "app/releases/" + name);
    std::ofstream(jail / "app/releases/" + name + "/index.php") << "<?php echo 'jailed " << name << "';";
    fs::last_write_time(jail / "app/releases/" + name + "/index.php", fs::file_time_type::clock::now() - 1h);
  }
  fs::create_directories(jail / "tmp");
  chmod((jail / "tmp").c_str(), 01777);
  auto const link = [&](std::string const& name) {
    fs::remove(jail / "app/current");
    fs::create_symlink("/app/releases/" + name, jail / "app/current");
  };
  link("1");
  auto options = options_for(2);
  options.pools.push_back({.name = "jail", .max_children = 2, .lines = {"chroot = " + jail.path(), "chdir = /"}});
  php_fpm const server{options};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  auto const visit_jail = [&] { return run_script(server, "/app/current/index.php", "jail").body; };
  for (int i = 0; i < 12; ++i) CHECK(visit_jail() == "jailed 1");
  link("2");
  auto const output = graceful(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "1 link followed (/app/current to /app/releases/2)"));
  for (int i = 0; i < 12; ++i) CHECK(visit_jail() == "jailed 2");
  CHECK(visits(server, pages) == texts{"1 1 1"});
  CHECK(contains(graceful(server).out, "0 links followed"));
  auto const before = misses(server);
  CHECK(visit_jail() == "jailed 2");
  CHECK(misses(server) - before <= 1);  // what the first pool does not see was not forgotten
}

TEST_CASE(
    "pools of several root directories, each with a link of the same path that leads elsewhere, are not mixed up") {
  if (!is_root()) return skip("needs root");
  temp_dir const roots[2];
  auto options = options_for(2);
  for (int tenant : {0, 1}) {
    fs::path const root = roots[tenant].path();
    for (std::string const name : {"1", "2"}) {
      fs::path const release = root / "app/releases" / (std::to_string(tenant) + "-" + name);
      fs::create_directories(release);
      std::string const page = "page" + std::to_string(tenant) + ".php";
      std::ofstream(release / page) << "<?php echo '" << name << "';";
      fs::last_write_time(release / page, fs::file_time_type::clock::now() - 1h);
    }
    fs::create_directories(root / "tmp");
    chmod((root / "tmp").c_str(), 01777);
    fs::create_symlink("/app/releases/" + std::to_string(tenant) + "-1", root / "app/current");
    options.pools.push_back({.name = "tenant" + std::to_string(tenant),
                             .max_children = 2,
                             .lines = {"chroot = " + root.string(), "chdir = /"}});
  }
  php_fpm const server{options};
  auto const visit_tenants = [&] {
    std::string said;
    for (int i = 0; i < 12; ++i) {
      said += run_script(server, "/app/current/page0.php", "tenant0").body;
      said += run_script(server, "/app/current/page1.php", "tenant1").body;
    }
    return said;
  };
  CHECK(visit_tenants() == "111111111111111111111111");
  static_cast<void>(graceful(server));
  CHECK(visit_tenants() == "111111111111111111111111");
  fs::remove(roots[1] / "app/current");
  fs::create_symlink("/app/releases/1-2", roots[1] / "app/current");
  auto const output = graceful(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "1 link followed (/app/current to /app/releases/1-2)"));
  CHECK(visit_tenants() == "121212121212121212121212");
  CHECK(restarts(server) == 0);
}

TEST_CASE("a link below a directory that the first pool may not enter is followed through the pool of its owner") {
  if (!is_root()) return skip("needs root");
  auto options = options_for(2);
  options.pools.front().name = "aaa";
  options.pools.push_back({.name = "www", .max_children = 2, .lines = {"user = nobody", "group = nogroup"}});
  php_fpm const server{options};
  site const pages;
  chmod(pages.directory().c_str(), 0700);
  REQUIRE(chown(pages.directory().c_str(), *as_nobody().user, gid_t(-1)) == 0);
  CHECK(visits(server, pages) == texts{"1 1 1"});
  pages.link("2");
  auto const output = run_program(arguments_for(server, {"opcache:reset", "--graceful"}, "aaa"));
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "1 link followed"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE(
    "OPcache may be off in one of the pools: the others' link is followed, and so is one that this pool alone knows") {
  auto options = options_for(2);
  options.pools.push_back({.name = "zzz", .max_children = 2, .lines = {"php_admin_value[opcache.enable] = 0"}});
  php_fpm const server{options};
  site const pages;
  site const its_own;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  CHECK(visits(server, its_own, 12, "zzz") == texts{"1 1 1"});
  pages.link("2");
  its_own.link("2");
  auto const output = graceful(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "2 links followed"));
  CHECK(visits(server, pages) == texts{"2 2 2"});
  CHECK(visits(server, its_own, 12, "zzz") == texts{"2 2 2"});
  CHECK(restarts(server) == 0);
}

TEST_CASE("a run that is killed at any moment leaves nothing that the next one does not finish") {
  php_fpm const server{options_for(3)};
  site pages;
  for (int i = 0; i < 200; ++i) {
    for (std::string const name : {"1", "2"}) {
      pages.write(name, "lib/part" + std::to_string(i) + ".php", "<?php return '" + name + "';");
    }
  }
  auto const warm = [&](std::string const& name) {
    for (int i = 0; i < 200; ++i) {
      run_script(server, pages.current() + "/lib/part" + std::to_string(i) + ".php");
    }
    CHECK(visits(server, pages) == texts{name + " " + name + " " + name});
  };
  warm("1");
  std::string live = "1";
  for (auto const moment : {3ms, 8ms, 15ms, 30ms, 60ms, 120ms, 250ms, 500ms}) {
    live = live == "1" ? "2" : "1";
    pages.link(live);
    program_options impatient;
    impatient.timeout = moment;
    static_cast<void>(graceful(server, impatient));
    auto const output = graceful(server);
    INFO(moment.count() << " ms: " << output.out << output.err);
    CHECK(output.exit_code == 0);
    warm(live);
  }
  CHECK(restarts(server) == 0);
}

TEST_CASE("two runs at once both end well, and the link is followed") {
  php_fpm const server{options_for(4)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  for (std::string const name : {"2", "1", "2"}) {
    pages.link(name);
    auto const line = arguments_for(server, {"opcache:reset", "--graceful"});
    program one(line, {});
    program other(line, {});
    for (program* each : {&one, &other}) {
      auto const output = each->finish();
      INFO(output.out << output.err);
      CHECK(output.exit_code == 0);
    }
    CHECK(visits(server, pages) == texts{name + " " + name + " " + name});
  }
}

TEST_CASE("a link to a link, and a link below a link, are followed where both were switched") {
  php_fpm const server{options_for(3)};
  site pages;
  temp_dir const parts;
  for (std::string const name : {"1", "2"}) {
    fs::create_directories(parts / "theme-" + name);
    std::ofstream(parts / "theme-" + name + "/page.php") << "<?php echo 'theme " << name << "';";
    fs::last_write_time(parts / "theme-" + name + "/page.php", fs::file_time_type::clock::now() - 1h);
    fs::create_symlink(parts / "theme-" + name, pages.release(name) + "/theme");
  }
  fs::create_symlink(pages.current(), parts / "html");
  auto const visit_theme = [&](std::string const& root) { return run_script(server, root + "/theme/page.php").body; };
  CHECK(visits(server, pages) == texts{"1 1 1"});
  for (int i = 0; i < 12; ++i) {
    CHECK(visit_theme(pages.current()) == "theme 1");
    CHECK(visit_theme(parts / "html") == "theme 1");
  }
  pages.link("2");
  if (GENERATE(false, true)) CHECK(call(server, {"stat:clear"}).exit_code == 0);
  auto const output = graceful(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(visits(server, pages) == texts{"2 2 2"});
  for (int i = 0; i < 12; ++i) {
    CHECK(visit_theme(pages.current()) == "theme 2");
    CHECK(visit_theme(parts / "html") == "theme 2");
  }
}

TEST_CASE("a link that is a directory by now: OPcache is reset, with the reason") {
  php_fpm const server{options_for(2)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  fs::remove(pages.current());
  fs::copy(pages.release("2"), pages.current(), fs::copy_options::recursive);
  auto const output = graceful(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "OPcache reset, confirmed"));
  CHECK(contains(output.err, pages.current() + " is a directory now, and was a link to " + pages.release("1")));
  CHECK(visits(server, pages) == texts{"2 2 2"});
}

TEST_CASE("a link that leads nowhere by now, or is gone: OPcache is reset, with the reason, and once") {
  php_fpm const server{options_for(2)};
  site const pages;
  CHECK(visits(server, pages) == texts{"1 1 1"});
  bool const forgotten = GENERATE(false, true);  // by every worker; the names below the link stay
  fs::remove(pages.current());
  if (forgotten || GENERATE(false, true)) fs::create_symlink(pages.release("42"), pages.current());
  if (forgotten) CHECK(call(server, {"stat:clear"}).exit_code == 0);
  std::string const why = pages.current() + " leads nowhere now, and led to " + pages.release("1");
  auto const refused = call(server, {"opcache:reset", "--graceful", "--no-fallback"});
  CHECK(refused.exit_code == 4);
  CHECK(contains(refused.err, why));
  auto const output = GENERATE(false, true) ? graceful(server) : call(server, {"deploy:finish"});
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "OPcache reset, confirmed"));
  CHECK(contains(output.out + output.err, why));
  CHECK(contains(graceful(server).out, "nothing to do"));
}

TEST_CASE("links in a release that is deleted right after it was left are no reason for a reset") {
  php_fpm const server{options_for(2)};
  site const pages;
  fs::create_directories(pages.directory() + "/shared/storage");
  std::ofstream(pages.directory() + "/shared/storage/view.php") << "<?php echo 'view';";
  for (std::string const name : {"1", "2"}) {
    fs::create_symlink(pages.directory() + "/shared/storage", pages.release(name) + "/storage");
  }
  CHECK(visits(server, pages) == texts{"1 1 1"});
  for (int i = 0; i < 12; ++i) {
    for (std::string const& root : {pages.current(), pages.release("1")}) {
      CHECK(run_script(server, root + "/storage/view.php").body == "view");
    }
  }
  pages.link("2");
  fs::remove_all(pages.release("1"));
  auto const output = graceful(server);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(contains(output.out, "1 link followed"));
  CHECK(restarts(server) == 0);
  CHECK(visits(server, pages) == texts{"2 2 2"});
}
