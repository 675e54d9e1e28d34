// metrics, fpm:status and fpm:workers against a real php-fpm.

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/unique_fd.hpp"
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

// The value of the only sample whose name and labels begin so.
std::string sample(std::string const& text, std::string const& beginning) {
  std::istringstream lines(text);
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(beginning)) continue;
    CHECK(found.empty());
    found = line.substr(line.rfind(' ') + 1);
  }
  return found;
}

// What a command writes to standard error if that is a terminal; its standard output goes to a file.
std::string on_terminal(std::string const& arguments, std::string const& output,
                        std::map<std::string, std::string> environment = {}) {
  test::program_options options;
  options.path = "/usr/bin/script";
  options.environment = std::move(environment);
  options.environment.emplace("TERM", "xterm");
  options.environment.emplace("SHELL", "/bin/sh");
  return run_program({"-qec", test::built_program() + " " + arguments + " >" + output, "/dev/null"}, options).out;
}

test::program_result promtool(std::vector<std::string> const& arguments, std::string const& standard_input) {
  int const input = open(standard_input.c_str(), O_RDONLY | O_CLOEXEC);
  test::program_options options;
  options.path = "/usr/bin/promtool";
  options.standard_input = input;
  auto out = run_program(arguments, options);
  close(input);
  return out;
}

}  // namespace

TEST_CASE("fpm:status shows the figures of a pool that has no status path") {
  php_fpm const server(two_pools());
  auto const shown = call(server, {"fpm:status", "--format=json"});
  REQUIRE(shown.exit_code == 0);
  json const result = json::parse(shown.out)["targets"][0]["result"];
  CHECK(result["name"] == "www");
  CHECK(result["process_manager"] == "static");
  CHECK(result["total_processes"] == 3);
  CHECK(result["active_processes"] == 1);
  CHECK(result["idle_processes"] == 2);
  CHECK(result["accepted_connections"] >= 2);
}

TEST_CASE("fpm:workers shows the script that a busy worker runs, and for how long") {
  php_fpm const server(two_pools());
  test::long_request running(server, std::chrono::seconds{6});
  auto const shown = call(server, {"fpm:workers", "--format=json"});
  REQUIRE(shown.exit_code == 0);
  bool seen = false;
  json const told = json::parse(shown.out);
  for (json const& each : told["targets"][0]["result"]["workers"]) {
    if (each["state"] != "Running") continue;
    seen = true;
    CHECK(each["last_request_memory"].is_null());
    CHECK(each["user"].is_null());
    CHECK(contains(each["script"].get<std::string>(), server.document_root()));
    CHECK(each["request_duration"] > 1000);
  }
  CHECK(seen);
}

TEST_CASE("fpm:workers leaves out the worker that answers") {
  php_fpm const server(two_pools());
  auto const shown = call(server, {"fpm:workers", "--format=csv"}, {});
  CHECK(std::count(shown.out.begin(), shown.out.end(), '\n') == 3);  // the columns, and two of three workers
}

TEST_CASE("fpm:status says that it is disabled where the pool disables fpm_get_status()") {
  php_fpm const server({.ini = {{"disable_functions", "fpm_get_status"}}});
  auto const shown = call(server, {"fpm:status"});
  CHECK(shown.exit_code == 1);
  CHECK(contains(shown.err, "fpm_get_status"));
  CHECK(shown.out.empty());
}

TEST_CASE("a pool that starts workers on demand is not asked for its status, and loses no worker") {
  php_fpm const server({.pools = {fpm_pool{.pm = "ondemand", .max_children = 4}}});
  for (int i = 0; i < 3; ++i) {
    auto const shown = call(server, {"fpm:status"});
    CHECK(shown.exit_code == 1);
    CHECK(contains(shown.err, "pm = ondemand"));
  }
  CHECK(call(server, {"metrics"}).exit_code == 0);
  CHECK_FALSE(contains(server.log(), "SIGSEGV"));
}

TEST_CASE("a pool whose workers are new all the time is not asked for its status, and loses no worker") {
  php_fpm const server({.pools = {fpm_pool{.max_children = 2, .lines = {"pm.max_requests = 1"}}}});
  std::string const script = server.write_script("quick.php", "<?php usleep(100000);");
  std::atomic<bool> stop = false;
  std::thread visitor([&] {
    while (!stop) test::run_script(server, script);
  });
  auto const shown = call(server, {"fpm:status"});
  stop = true;
  visitor.join();
  CHECK(shown.exit_code == 1);
  CHECK(contains(shown.err, "starts workers all the time"));
  CHECK_FALSE(contains(server.log(), "SIGSEGV"));
}

TEST_CASE("a pool on a port is asked for its status as one on a socket is") {
  php_fpm const server({.pools = {fpm_pool{.listen = "127.0.0.1:0", .max_children = 3}}});
  auto const shown = call(server, {"fpm:status", "--format=json"});
  REQUIRE(shown.exit_code == 0);
  CHECK(json::parse(shown.out)["targets"][0]["result"]["total_processes"] == 3);
}

TEST_CASE("fpm:status where nobody listens says that, and not that it is dangerous to ask") {
  auto const shown = run_program({GENERATE("fpm:status", "fpm:workers"), "--fcgi=/nowhere.sock"});
  CHECK(shown.exit_code == 3);
  CHECK(contains(shown.err, "no such socket"));
}

TEST_CASE("fpm:status of what is no php-fpm of this machine is refused, with the reason") {
  auto const shown = run_program({"fpm:status", "--cli"});
  CHECK(shown.exit_code == 1);
  CHECK(contains(shown.err, "nobody can tell here"));
}

TEST_CASE("metrics tell what OPcache itself tells") {
  php_fpm const server(test::one_pool());
  test::fill_cache(server, 7);
  std::string const text = call(server, {"metrics"}).out;
  php::value const status = test::cache_status(server);
  CHECK(sample(text, "phpfpm_opcache_cached_scripts{") ==
        std::to_string(status["opcache_statistics"]["num_cached_scripts"].as_int()));
  CHECK(sample(text, "phpfpm_opcache_max_cached_keys{") ==
        std::to_string(status["opcache_statistics"]["max_cached_keys"].as_int()));
  CHECK(sample(text, "phpfpm_opcache_interned_strings_buffer_bytes{") ==
        std::to_string(status["interned_strings_usage"]["buffer_size"].as_int()));
  CHECK(sample(text, "phpfpm_total_processes{") == "2");
  CHECK(sample(text, "cachetool_up{") == "1");
}

TEST_CASE("metrics tell what is wrong by the rules that doctor has") {
  auto options = test::one_pool();
  options.ini["opcache.max_accelerated_files"] = "200";
  php_fpm const server(options);
  test::fill_cache(server, 300);
  std::string const text = call(server, {"metrics"}).out;
  CHECK(contains(text, "id=\"cache.keys\",severity=\"failure\"} 1\n"));
  CHECK_FALSE(contains(text, "id=\"cache.memory\""));
}

TEST_CASE("metrics tell of a cache once, however many pools share it") {
  php_fpm const server(two_pools());
  auto const shown = run_program({"metrics", address(server, "www"), address(server, "api")});
  CHECK(shown.exit_code == 0);
  CHECK(sample(shown.out, "phpfpm_opcache_used_memory_bytes{") != "");  // a second one fails in sample()
  CHECK(sample(shown.out, "phpfpm_total_processes{endpoint=\"" + server.endpoint("www").text()) == "3");
  CHECK(sample(shown.out, "phpfpm_total_processes{endpoint=\"" + server.endpoint("api").text()) == "1");
}

TEST_CASE("a pool for which OPcache is on tells of the cache, and not one for which it is off") {
  php_fpm const server(
      {.pools = {fpm_pool{.name = "api", .lines = {"php_admin_value[opcache.enable] = 0"}}, fpm_pool{}}});
  auto const shown = run_program({"metrics", address(server, "www"), address(server, "api")});
  CHECK(sample(shown.out, "phpfpm_opcache_enabled{") == "1");
}

TEST_CASE("an address that is named twice is told once") {
  php_fpm const server(test::one_pool());
  auto const shown = run_program({"metrics", address(server, "www"), address(server, "www")});
  CHECK(sample(shown.out, "cachetool_up{") == "1");
}

TEST_CASE("metrics that were not read in time say that nobody answered") {
  php_fpm const server(test::one_pool({}, 1));
  test::long_request running(server, std::chrono::seconds{5});
  auto const shown = call(server, {"metrics", "--timeout=1"});
  CHECK(shown.exit_code == 4);
  CHECK(sample(shown.out, "cachetool_up{") == "0");
}

TEST_CASE("a php-fpm that fails is up 0, beside the others") {
  php_fpm const server(test::one_pool());
  std::string const dead = server.directory() + "/dead.sock";
  auto const shown = run_program({"metrics", address(server, "www"), "--fcgi=" + dead});
  CHECK(shown.exit_code == 3);
  CHECK(sample(shown.out, "cachetool_up{endpoint=\"" + dead + "\"") == "0");
  CHECK(sample(shown.out, "cachetool_up{endpoint=\"" + server.endpoint().text() + "\"") == "1");
  CHECK(contains(shown.err, dead));
}

TEST_CASE("metrics of a php-fpm without OPcache and APCu say that OPcache is off, and of APCu nothing") {
  php_fpm const server({.ini = {{"opcache.enable", "0"}}, .apcu = false});
  auto const shown = call(server, {"metrics"});
  CHECK(shown.exit_code == 0);
  CHECK(sample(shown.out, "phpfpm_opcache_enabled{") == "0");
  CHECK_FALSE(contains(shown.out, "cachetool_apcu_"));
}

TEST_CASE("metrics where opcache.restrict_api allows no place tell the rest") {
  php_fpm const server({.ini = {{"opcache.restrict_api", "/nowhere"}}});
  auto const shown = call(server, {"metrics"});
  CHECK(shown.exit_code == 0);
  CHECK(sample(shown.out, "phpfpm_total_processes{") == "2");
  CHECK_FALSE(contains(shown.out, "phpfpm_opcache_enabled"));
}

TEST_CASE("the watched pool's counters grow by the requests of the look alone") {
  php_fpm const server(test::one_pool());
  call(server, {"metrics"});
  std::string const before = sample(call(server, {"metrics"}).out, "phpfpm_accepted_connections{");
  std::string const after = sample(call(server, {"metrics"}).out, "phpfpm_accepted_connections{");
  CHECK(std::stoi(after) - std::stoi(before) == 2);
}

TEST_CASE("--textfile writes the same metrics to a file that everybody can read") {
  php_fpm const server(test::one_pool());
  std::string const path = server.directory() + "/cachetool.prom";
  auto const shown = call(server, {"metrics", "--textfile=" + path});
  CHECK(shown.exit_code == 0);
  CHECK(shown.out.empty());
  CHECK(sample(text_of(path), "cachetool_up{") == "1");
  CHECK((fs::status(path).permissions() & fs::perms::others_read) != fs::perms::none);
}

TEST_CASE("--textfile replaces a link instead of what it leads to") {
  php_fpm const server(test::one_pool());
  std::string const path = server.directory() + "/cachetool.prom";
  std::string const other = server.directory() + "/other";
  std::ofstream(other) << "mine";
  fs::create_symlink(other, path);
  CHECK(call(server, {"metrics", "--textfile=" + path}).exit_code == 0);
  CHECK(text_of(other) == "mine");
  CHECK(fs::is_regular_file(fs::symlink_status(path)));
}

TEST_CASE("--textfile that cannot be written is one clear error, and nothing is left") {
  php_fpm const server(test::one_pool());
  std::string const place = server.directory() + "/taken.prom";
  fs::create_directory(place);
  auto const shown = call(server, {"metrics", "--textfile=" + place});
  CHECK(shown.exit_code == 1);
  CHECK(contains(shown.err, place));
  for (auto const& each : fs::directory_iterator(server.directory())) {
    CHECK_FALSE(each.path().filename().string().starts_with(".taken"));
  }
}

TEST_CASE("--textfile in a directory that does not exist is noticed before anybody is asked") {
  php_fpm const server(test::one_pool());
  auto const shown = call(server, {"metrics", "--textfile=" + server.directory() + "/none/cachetool.prom"});
  CHECK(shown.exit_code == 1);
  CHECK(contains(shown.err, "none/cachetool.prom cannot be written"));
}

TEST_CASE("--textfile refuses a name that node_exporter does not read") {
  auto const shown = run_program({"metrics", "--textfile=/tmp/metrics.txt", "--fcgi=/nowhere.sock"});
  CHECK(shown.exit_code == 2);
  CHECK(contains(shown.err, ".prom"));
}

TEST_CASE("promtool finds nothing to complain of") {
  if (!fs::exists("/usr/bin/promtool")) return test::skip("promtool is not installed (Debian: prometheus)");
  php_fpm const server(two_pools());
  std::string const path = server.directory() + "/cachetool.prom";
  run_program(
      {"metrics", address(server, "www"), address(server, "api"), "--fcgi=/nowhere.sock", "--textfile=" + path});
  auto const said = promtool({"check", "metrics"}, path);
  CHECK(said.exit_code == 0);
  CHECK(said.out + said.err == "");
}

TEST_CASE("opcache:status judges below its table where standard error is a terminal, and the table stays as it is") {
  auto options = test::one_pool();
  options.ini["opcache.max_accelerated_files"] = "200";
  php_fpm const server(options);
  test::fill_cache(server, 300);
  std::string const output = server.directory() + "/out";
  std::string const status = "opcache:status " + address(server, "www");
  std::string const shown = on_terminal(status, output);
  CHECK(shown.starts_with("\033[31mfailure: \033[39m223 of 223 keys used"));
  CHECK(contains(shown, "; set opcache.max_accelerated_files=463 in "));
  for (auto const& without : std::vector<std::map<std::string, std::string>>{{{"NO_COLOR", "1"}}, {{"TERM", "dumb"}}}) {
    CHECK(on_terminal(status, output, without).starts_with("failure: 223 of 223 keys used"));
  }
  CHECK(on_terminal(status + " --no-ansi", output).starts_with("failure: "));
  CHECK(on_terminal(status + " --format=json", output).empty());
  auto const piped = call(server, {"opcache:status"});
  CHECK(piped.err.empty());
  on_terminal(status, output);
  auto const same = [](std::string const& text) { return text.substr(0, text.find("| Hits")); };  // a look is a miss
  CHECK(same(text_of(output)) == same(piped.out));
}

TEST_CASE("--watch shows a status again and again until a signal ends it") {
  php_fpm const server(test::one_pool());
  for (std::string const command : {"opcache:status", "fpm:status", "apcu:sma:info", "stat:realpath_size"}) {
    INFO(command);
    std::string const output = server.directory() + "/" + command;
    base::unique_fd const file(open(output.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    test::program_options options;
    options.standard_output = file.get();
    test::program watching({command, "--format=json", "--watch=0.05", address(server, "www")}, options);
    auto const lines = [&output] {
      std::string const text = text_of(output);
      return std::count(text.begin(), text.end(), '\n');
    };
    for (int i = 0; i < 1000 && lines() < 3; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    CHECK(lines() >= 3);
    watching.signal(SIGINT);
    auto const ended = watching.finish();
    CHECK(ended.exit_code == 130);
    CHECK(contains(ended.err, command + ": interrupted by SIGINT"));
    std::istringstream text(text_of(output));
    for (std::string line; std::getline(text, line);) CHECK(json::parse(line)["targets"][0]["ok"] == true);
  }
}

TEST_CASE("--watch ends when nobody reads any more, and takes neither a wrong pause nor a deadline") {
  php_fpm const server(test::one_pool());
  CHECK(plugin("opcache:status --watch=0.05 " + address(server, "www") + " | head -1 | wc -l").out == "1\n");
  for (char const* const wrong : {"--watch=x", "--watch=0", "--watch=-1", "--watch="}) {
    CHECK(call(server, {"opcache:status", wrong}).exit_code == 2);
  }
  CHECK(call(server, {"opcache:status", "--watch", "--deadline=5"}).exit_code == 2);
}

namespace {

fs::path const delivered = CACHETOOL_MONITORING;

// The metrics of ours that a text names.
std::set<std::string> metrics_in(std::string const& text) {
  static std::regex const one(R"re(\b(?:cachetool|phpfpm)_[a-z_]+)re");
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), one), end; at != end; ++at) found.insert(at->str());
  return found;
}

// A php-fpm that has every metric: its keys are used up, and its JIT compiler has a buffer.
test::fpm_options with_all_metrics() {
  auto options = test::one_pool();
  options.ini["opcache.max_accelerated_files"] = "200";
  options.ini["opcache.jit"] = "tracing";
  options.ini["opcache.jit_buffer_size"] = "8M";
  return options;
}

}  // namespace

TEST_CASE("the alerts and the dashboard name metrics that there are, and no other") {
  php_fpm const server(with_all_metrics());
  test::fill_cache(server, 300);
  std::set<std::string> told = metrics_in(call(server, {"metrics"}).out);
  bool const has_jit = !test::cache_status(server)["jit"].is_null();  // from PHP 8 on
  for (char const* const name : {"cachetool.rules.yml", "grafana.json"}) {
    for (std::string const& each : metrics_in(text_of(delivered / name))) {
      INFO(name << ": " << each);
      CHECK((told.contains(each) || (!has_jit && contains(each, "_jit_"))));
    }
  }
  json const dashboard = json::parse(text_of(delivered / "grafana.json"));
  for (json const& panel : dashboard["panels"]) CHECK_FALSE(metrics_in(panel["targets"].dump()).empty());
}

TEST_CASE("promtool reads the alerts, and the one for a failure fires after five minutes of it") {
  if (!fs::exists("/usr/bin/promtool")) return test::skip("promtool is not installed (Debian: prometheus)");
  std::string const rules = (delivered / "cachetool.rules.yml").string();
  CHECK(promtool({"check", "rules", rules}, "/dev/null").exit_code == 0);
  test::temp_dir const directory;
  std::ofstream(directory / "test.yml") << "rule_files: [" << rules << "]\n"
                                        << R"(evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - series: 'cachetool_finding{endpoint="a", id="cache.keys", severity="failure"}'
        values: '1x20'
    alert_rule_test:
      - {eval_time: 4m, alertname: PhpFpmFailure, exp_alerts: []}
      - eval_time: 5m
        alertname: PhpFpmFailure
        exp_alerts:
          - exp_labels: {endpoint: a, id: cache.keys, severity: critical}
            exp_annotations:
              summary: "cache.keys at a"
              description: "Run: cachetool doctor --fcgi=a"
)";
  auto const said = promtool({"test", "rules", directory / "test.yml"}, "/dev/null");
  INFO(said.out << said.err);
  CHECK(said.exit_code == 0);
}

TEST_CASE("node_exporter reads the file and passes it on") {
  if (!fs::exists("/usr/bin/prometheus-node-exporter")) {
    return test::skip("node_exporter is not installed (Debian: prometheus-node-exporter)");
  }
  php_fpm const server(test::one_pool());
  test::temp_dir const directory;
  REQUIRE(call(server, {"metrics", "--textfile=" + (directory / "cachetool.prom")}).exit_code == 0);
  test::program_options options;
  options.path = "/bin/sh";
  auto const read = run_program({"-c", R"(
    prometheus-node-exporter --collector.disable-defaults --collector.textfile --collector.textfile.directory="$1" \
      --web.listen-address=127.0.0.1:0 2>"$1/log" &
    tries=0
    until address=$(sed -n 's/.*Listening on" address=//p' "$1/log") && [ -n "$address" ] || [ $tries = 200 ]; do
      tries=$((tries + 1)); sleep 0.05
    done
    curl -s "http://$address/metrics"
    kill $!)",
                                 "sh", directory.path()},
                                options);
  CHECK(sample(read.out, "cachetool_up{endpoint=\"" + server.endpoint().text()) == "1");
  CHECK(sample(read.out, "node_textfile_scrape_error") == "0");
}
