// opcache:check and fpm:check as a monitor calls them, against a real php-fpm.

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <regex>
#include <thread>

#include <nlohmann/json.hpp>

#include "fpm_calls.hpp"
#include "monitoring_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;
using nlohmann::json;

namespace fs = std::filesystem;

namespace {

std::string check_of(php_fpm const& server, std::string const& command = "opcache:check") {
  return command + " " + address(server, "www") + " --state-dir=" + server.directory() + "/checks";
}

// The figures of the first line, by their labels, as Nagios reads them.
std::map<std::string, double> figures(std::string const& text) {
  static std::regex const one(R"re(('(?:[^'=]|'')+'|[^ '=]+)=(-?[0-9.]+)(?:s|%|B|c)?((?:;[@~:0-9.-]*){0,4})(?: |$))re");
  std::string const line = text.substr(0, text.find('\n'));
  std::map<std::string, double> found;
  std::string rest = line.substr(line.find(" | ") + 3);
  for (std::smatch parts; std::regex_search(rest, parts, one); rest = parts.suffix()) {
    CHECK(parts.prefix().str().empty());
    found[parts[1]] = std::stod(parts[2]);
  }
  CHECK(rest.empty());
  return found;
}

}  // namespace

TEST_CASE("opcache:check is a plugin: one line with figures, and 0 for a healthy cache") {
  php_fpm const server(test::one_pool());
  test::fill_cache(server, 7);
  auto const said = plugin(check_of(server));
  CHECK(said.exit_code == 0);
  CHECK(said.out.starts_with("OPCACHE OK - memory "));
  CHECK(std::count(said.out.begin(), said.out.end(), '\n') == 1);
  auto const found = figures(said.out);
  php::value const status = test::cache_status(server);
  CHECK(found.at("scripts") == static_cast<double>(status["opcache_statistics"]["num_cached_scripts"].as_int()));
  CHECK(found.at("memory") > 0);
  CHECK_FALSE(found.contains("oom_restarts"));  // nothing is known of before
  CHECK(plugin(check_of(server) + " --only-problems").out.empty());
}

TEST_CASE("opcache:check counts from one check to the next, and from nothing after a start of php-fpm") {
  php_fpm server(test::one_pool());
  plugin(check_of(server));
  for (int i = 0; i < 40; ++i) test::fill_cache(server, 3);
  auto const found = figures(plugin(check_of(server)).out);
  CHECK(found.at("hit_rate") > 50);
  CHECK(found.at("oom_restarts") == 0);
  call(server, {"opcache:reset"});
  CHECK(figures(plugin(check_of(server)).out).at("resets") == 1);
  CHECK(plugin(check_of(server) + " --warning=resets=0").exit_code == 1);  // in a day
  std::int64_t const started = test::cache_status(server)["opcache_statistics"]["start_time"].as_int();
  while (time(nullptr) <= started) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  server.reload();
  CHECK_FALSE(figures(plugin(check_of(server)).out).contains("oom_restarts"));
}

TEST_CASE("opcache:check of a cache whose keys are used up is critical, with the line that helps below") {
  auto options = test::one_pool();
  options.ini["opcache.max_accelerated_files"] = "200";
  php_fpm const server(options);
  test::fill_cache(server, 300);
  auto const said = plugin(check_of(server));
  CHECK(said.exit_code == 2);
  CHECK(said.out.starts_with("OPCACHE CRITICAL - " + server.endpoint().text() + ": 223 of 223 keys used"));
  CHECK(figures(said.out).at("keys") == 100);
  CHECK(contains(said.out, "\nCRITICAL - 223 of 223 keys used"));
  CHECK(contains(said.out, "; set opcache.max_accelerated_files=463 in "));
  CHECK(plugin(check_of(server) + " --only-problems").exit_code == 2);
}

TEST_CASE("a php-fpm that cannot be reached is critical beside a healthy one, and one line tells of both") {
  php_fpm const server(test::one_pool());
  auto const said = plugin(check_of(server) + " --fcgi=/nowhere.sock");
  CHECK(said.exit_code == 2);
  CHECK(said.out.starts_with("OPCACHE CRITICAL - /nowhere.sock: no such socket"));
  CHECK(figures(said.out).contains("'" + server.endpoint().text() + " memory'"));
  CHECK(contains(said.out, "\n" + server.endpoint().text() + ": OK - memory "));
}

TEST_CASE("a pool whose workers do not answer is critical to fpm:check, and a healthy one OK with its figures") {
  php_fpm const server(two_pools());
  auto const said = plugin(check_of(server, "fpm:check"));
  CHECK(said.exit_code == 0);
  CHECK(figures(said.out).at("workers") == 3);
  CHECK(plugin(check_of(server, "fpm:check") + " --critical=workers=4:").exit_code == 2);
  php_fpm const busy(test::one_pool({}, 1));
  test::long_request running(busy, std::chrono::seconds{5});
  auto const late = plugin(check_of(busy, "fpm:check") + " --timeout=1");
  CHECK(late.exit_code == 2);
  CHECK(late.out.starts_with("FPM CRITICAL - " + busy.endpoint().text() + ": no answer within 1 s"));
  for (std::string const command : {"opcache:check", "fpm:check"}) {
    std::string const healthy = server.endpoint("www").text();
    auto const cut = run_program({command, address(server, "www"), address(busy, "www"), "--deadline=1",
                                  "--state-dir=" + server.directory() + "/checks"});
    INFO(cut.out << cut.err);
    CHECK(cut.exit_code == 2);
    CHECK(contains(cut.out, " CRITICAL - " + busy.endpoint().text() + ": no answer within 1 s (--deadline) | "));
    CHECK(contains(cut.out, "\n" + healthy + ": OK - "));
  }
}

TEST_CASE("a pool on demand that was found is left alone by fpm:check beside another, and is unknown by itself") {
  std::string const name = "cachetool-check-" + std::to_string(getpid());
  php_fpm const lazy({.pools = {fpm_pool{.name = name, .pm = "ondemand"}}});
  std::string const check = "fpm:check --pool=" + name + " --state-dir=" + lazy.directory() + "/checks";
  CHECK(plugin(check).exit_code == 3);
  php_fpm const eager({.pools = {fpm_pool{.name = name}}});
  auto const said = plugin(check);
  CHECK(said.exit_code == 0);
  CHECK(contains(said.out, "\n" + lazy.endpoint(name).text() + ": OK - not asked: this pool starts workers on demand"));
  CHECK(plugin("fpm:check --fcgi=" + lazy.endpoint(name).text() + " --state-dir=" + lazy.directory() + "/checks")
            .exit_code == 3);
}

TEST_CASE(
    "a pool that was found, and whose workers are new all the time, is unknown to fpm:check beside a healthy one") {
  std::string const name = "cachetool-restless-" + std::to_string(getpid());
  php_fpm const restless({.pools = {fpm_pool{.name = name, .max_children = 2, .lines = {"pm.max_requests = 1"}}}});
  php_fpm const healthy({.pools = {fpm_pool{.name = name}}});
  std::string const script = restless.write_script("quick.php", "<?php usleep(100000);");
  std::atomic<bool> stop = false;
  std::thread visitor([&] {
    while (!stop) test::run_script(restless, script, name);
  });
  auto const said = plugin("fpm:check --pool=" + name + " --state-dir=" + restless.directory() + "/checks");
  stop = true;
  visitor.join();
  CHECK(said.exit_code == 3);
  CHECK(contains(said.out, restless.endpoint(name).text() + ": php-fpm starts workers all the time"));
  CHECK(contains(said.out, "\n" + healthy.endpoint(name).text() + ": OK - "));
}

TEST_CASE(
    "opcache:check --site asks every pool of the master: all is well, until one remembers a link that was switched") {
  auto options = two_pools();
  options.ini["realpath_cache_ttl"] = "120";
  php_fpm const server(options);
  test::site const pages;
  test::visits(server, pages, 2, "api");
  std::string const check = check_of(server) + " --site=" + pages.current();
  auto const well = plugin(check);
  INFO(well.out);
  CHECK(well.exit_code == 0);
  pages.link("2");
  auto const old = plugin(check);
  INFO(old.out);
  CHECK(old.exit_code == 1);
  CHECK(contains(old.out, pages.current()));
  CHECK_FALSE(contains(old.out, "this may not be all"));
}

TEST_CASE("what nobody can tell is unknown: 3, and one line") {
  php_fpm const hidden(test::one_pool({"php_admin_value[opcache.restrict_api] = /nonexistent/admin"}));
  php_fpm const disabled(test::one_pool({"php_admin_value[disable_functions] = opcache_get_status,fpm_get_status"}));
  for (auto const& said :
       {plugin(check_of(hidden)), plugin(check_of(disabled)), plugin(check_of(disabled, "fpm:check"))}) {
    CHECK(said.exit_code == 3);
    CHECK(contains(said.out.substr(0, said.out.find('\n')), " UNKNOWN - "));
  }
}

TEST_CASE("a check with a wrong option is unknown: 3, and one line") {
  for (char const* const wrong : {"--nonsense", "--warning=memory=20:10", "--critical=keys", "--warning=nothing=1",
                                  "--warning=", "--timeout=x", "-c /nowhere.yml", "surplus", "--all --fcgi=/a.sock"}) {
    INFO(wrong);
    auto const said = plugin(std::string("opcache:check ") + wrong);
    CHECK(said.exit_code == 3);
    CHECK(said.out.starts_with("OPCACHE UNKNOWN - "));
    CHECK(std::count(said.out.begin(), said.out.end(), '\n') == 1);
  }
}

TEST_CASE("checks at the same time, a broken record and one of others disturb no check") {
  php_fpm const server(test::one_pool());
  std::string const state = server.directory() + "/checks";
  CHECK(plugin(check_of(server)).exit_code == 0);
  std::string const file = fs::directory_iterator(state)->path();
  std::vector<std::thread> checks;
  std::atomic<int> good = 0;
  for (int i = 0; i < 6; ++i) {
    checks.emplace_back([&] {
      good += call(server, {"opcache:check", "--state-dir=" + state}).exit_code == 0 ? 1 : 0;
    });
  }
  for (auto& each : checks) each.join();
  CHECK(good == 6);
  CHECK(json::parse(text_of(file))["history"].size() == 7);
  std::ofstream(file) << "{\"shape\":1,\"last\":{";
  CHECK(plugin(check_of(server)).exit_code == 0);
  CHECK(json::parse(text_of(file))["history"].size() == 1);
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  CHECK_FALSE(figures(plugin(check_of(server)).out).contains("oom_restarts"));
  fs::permissions(state, fs::perms::others_write, fs::perm_options::add);
  auto const said = plugin(check_of(server) + " --only-problems");
  CHECK(said.exit_code == 3);
  CHECK(contains(said.out, "\nUNKNOWN - nothing is remembered between checks: "));
  CHECK(figures(said.out).contains("memory"));
}

TEST_CASE("where the usual directory cannot be used, a check says so in a line below, and judges the rest") {
  if (geteuid() == 0) return test::does_not_apply("root's directory is not below HOME");
  php_fpm const server(test::one_pool());
  auto const said = plugin("opcache:check " + address(server, "www"));
  CHECK(said.exit_code == 0);
  CHECK(contains(said.out, "\nnothing is remembered between checks: "));
}
