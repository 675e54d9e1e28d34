// How a compilation goes on when PHP does not.

#include <algorithm>
#include <mutex>
#include <set>

#include "caches/opcache.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using outcome = opcache::compiled_script::outcome;

namespace {

/// A PHP that compiles whatever is not named here.
class fake_php final : public adapter::adapter {
 public:
  std::set<std::string> broken;                ///< does not compile
  std::set<std::string> clashing;              ///< does not compile after another of them in the same request
  std::set<std::string> deadly;                ///< ends the worker
  error_kind death = error_kind::worker_died;  ///< how
  std::size_t lost = 0;                        ///< rows that were not sent yet when it did
  bool enabled = true;
  bool pending = false;
  bool garbled = false;
  std::vector<std::size_t> requests;  ///< files in each

  agent::answer run(agent::call const& what) override {
    std::vector<std::string> paths;
    for (auto const& entry : what.arguments["paths"].entries()) paths.emplace_back(entry.item.as_string());
    requests.push_back(paths.size());
    if (enabled) compile(paths, what.rows);
    agent::answer answer;
    answer.php_version = "8.2.0";
    answer.result = php::array{{{std::string("enabled"), enabled}, {std::string("restart_pending"), pending}}};
    return answer;
  }

  [[nodiscard]] std::string label() const override { return "fake"; }
  void pause(std::chrono::milliseconds) override {}

 private:
  void compile(std::vector<std::string> const& paths, std::function<void(std::string_view)> const& rows) const {
    bool clashed = false;
    auto const end = std::find_if(paths.begin(), paths.end(), [&](auto const& path) { return deadly.contains(path); });
    auto const until_death = static_cast<std::size_t>(end - paths.begin());
    bool const dies = end != paths.end();
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (dies && i + lost >= until_death) throw error(death, "it died");
      if (clashing.contains(paths[i]) && std::exchange(clashed, true)) return;
      if (broken.contains(paths[i]) && i > 0) return;
      rows(garbled ? "?" : row(broken.contains(paths[i]) ? "fatal" : "cached"));
      if (broken.contains(paths[i])) return;
    }
  }

  static std::string row(char const* word) {
    return php::serialize(php::array{{{std::int64_t{0}, word},
                                      {std::int64_t{1}, std::string_view(word) == "fatal" ? "bad on line 1" : ""},
                                      {std::int64_t{2}, php::array{}}}});
  }
};

std::vector<opcache::script_file> files(std::size_t count) {
  std::vector<opcache::script_file> list;
  for (std::size_t i = 0; i < count; ++i)
    list.push_back({"/" + std::to_string(i) + ".php", std::to_string(i) + ".php"});
  return list;
}

std::vector<outcome> outcomes(opcache::compile_report const& report) {
  std::vector<outcome> all;
  for (auto const& script : report.scripts) all.push_back(script.what);
  return all;
}

}  // namespace

TEST_CASE("a hundred files travel in one request") {
  fake_php php;
  auto const report = opcache::compile({&php}, files(250), {});
  CHECK(php.requests == std::vector<std::size_t>{100, 100, 50});
  CHECK(report.scripts.size() == 250);
  CHECK(report.from.php_version == "8.2.0");
}

TEST_CASE("long paths travel in smaller requests") {
  fake_php php;
  std::vector<opcache::script_file> const list(40, {"/" + std::string(4000, 'x'), "x"});
  opcache::compile({&php}, list, {});
  CHECK(php.requests == std::vector<std::size_t>{17, 17, 6});
}

TEST_CASE("without files PHP is asked all the same whether it could") {
  fake_php php;
  CHECK(opcache::compile({&php}, {}, {}).scripts.empty());
  CHECK(php.requests == std::vector<std::size_t>{0});
}

TEST_CASE("a broken file fails, and the files after it are compiled") {
  fake_php php;
  php.broken = {"/1.php"};
  auto const report = opcache::compile({&php}, files(4), {});
  CHECK(outcomes(report) == std::vector{outcome::cached, outcome::failed, outcome::cached, outcome::cached});
  CHECK(report.scripts[1].why == "bad on line 1");
}

TEST_CASE("files that declare the same are all compiled, each in a request of its own") {
  fake_php php;
  php.clashing = {"/0.php", "/1.php", "/3.php"};
  auto const report = opcache::compile({&php}, files(4), {});
  CHECK(outcomes(report) == std::vector(4, outcome::cached));
  CHECK(php.requests == std::vector<std::size_t>{4, 3, 1});
}

TEST_CASE("a file that kills the worker fails, and the files around it are compiled") {
  fake_php php;
  php.deadly = {"/2.php"};
  auto const report = opcache::compile({&php}, files(4), {});
  CHECK(outcomes(report) == std::vector{outcome::cached, outcome::cached, outcome::failed, outcome::cached});
  CHECK(report.scripts[2].why == "it died");
  CHECK(php.requests == std::vector<std::size_t>{4, 1, 1});  // what may have killed it is sent alone
}

TEST_CASE("a file that kills the worker is found among those whose rows died with it") {
  fake_php php;
  php.deadly = {"/2.php"};
  php.lost = 2;
  auto const report = opcache::compile({&php}, files(5), {});
  CHECK(outcomes(report) ==
        std::vector{outcome::cached, outcome::cached, outcome::failed, outcome::cached, outcome::cached});
  CHECK(php.requests == std::vector<std::size_t>{5, 1, 1, 1, 2});
}

TEST_CASE("a file that exhausts the memory fails like one that kills the worker") {
  fake_php php;
  php.deadly = {"/0.php"};
  php.death = error_kind::memory_limit;
  CHECK(outcomes(opcache::compile({&php}, files(2), {})) == std::vector{outcome::failed, outcome::cached});
}

TEST_CASE("a pool that cannot be reached ends the compilation") {
  fake_php php;
  php.deadly = {"/1.php"};
  php.death = error_kind::unreachable;
  CHECK_THROWS_AS(opcache::compile({&php}, files(2), {}), error);
}

TEST_CASE("a pending restart ends the compilation, because nothing would be kept") {
  fake_php php;
  php.enabled = false;
  php.pending = true;
  CHECK_THROWS_MATCHES(opcache::compile({&php}, files(2), {}), error,
                       Catch::Predicate<error>([](error const& e) { return e.kind() == error_kind::pending; }));
}

TEST_CASE("an OPcache that is off ends the compilation") {
  fake_php php;
  php.enabled = false;
  CHECK_THROWS_MATCHES(opcache::compile({&php}, files(2), {}), error,
                       Catch::Predicate<error>([](error const& e) { return e.kind() == error_kind::opcache_off; }));
}

TEST_CASE("a row that cannot be read ends the compilation") {
  fake_php php;
  php.garbled = true;
  CHECK_THROWS_MATCHES(opcache::compile({&php}, files(2), {}), error,
                       Catch::Predicate<error>([](error const& e) { return e.kind() == error_kind::protocol; }));
}

TEST_CASE("several jobs compile each file once, and the report keeps the order") {
  fake_php one;
  fake_php two;
  auto const list = files(900);
  auto const report = opcache::compile({&one, &two}, list, {});
  REQUIRE(report.scripts.size() == 900);
  for (std::size_t i = 0; i < 900; ++i) CHECK(report.scripts[i].path == list[i].path);
  std::size_t sent = 0;
  for (auto const* php : {&one, &two}) {
    for (std::size_t const count : php->requests) sent += count;
  }
  CHECK(sent == 900);
}

TEST_CASE("a job that fails ends the compilation, and the others stop") {
  fake_php one;
  fake_php two;
  for (fake_php* php : {&one, &two}) {
    php->death = error_kind::unreachable;
    php->deadly = {"/0.php", "/112.php", "/224.php"};
  }
  CHECK_THROWS_AS(opcache::compile({&one, &two}, files(900), {}), error);
  CHECK(one.requests.size() + two.requests.size() < 9);
}
