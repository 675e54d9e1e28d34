#include "doctor/examine.hpp"

#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using test::fake_adapter;
using test::named;

namespace {

php::value list(std::vector<php::value> items) {
  php::array out;
  for (auto& each : items) out.entries.push_back({static_cast<std::int64_t>(out.entries.size()), each});
  return out;
}

doctor::facts facts_of(php::value const& result) {
  fake_adapter php([&](agent::call const&) {
    agent::answer answer;
    answer.result = result;
    answer.pool = "www";
    return answer;
  });
  return doctor::examine(php, {.functions = true, .lines = true});
}

}  // namespace

TEST_CASE("what PHP tells becomes facts, in one call") {
  fake_adapter php([](agent::call const& what) {
    CHECK(what.arguments["strict"].as_bool());
    CHECK(what.arguments["settings"].entries().size() > 10);
    CHECK(what.arguments["functions"].entries().size() > 10);
    agent::answer answer;
    answer.result = named({{"status", named({{"opcache_enabled", true}})},
                           {"settings", named({{"opcache.enable", "1"}})},
                           {"lines", named({{"opcache.enable", list({"/etc/php.ini", 12, "On"})}})},
                           {"missing", list({"opcache_reset"})},
                           {"extensions", list({"Zend OPcache", "apcu"})},
                           {"apcu", false},
                           {"uid", 33},
                           {"realpath_used", 1000}});
    return answer;
  });
  doctor::facts const found = doctor::examine(php, {.functions = true, .lines = true});
  CHECK(php.calls == std::vector<std::string>{"php.examine"});
  CHECK(found.status->enabled);
  CHECK(found.settings.at("opcache.enable") == "1");
  CHECK(found.lines.at("opcache.enable").file == "/etc/php.ini");
  CHECK(found.lines.at("opcache.enable").line == 12);
  CHECK(found.missing.contains("opcache_reset"));
  CHECK(found.has_opcache);
  CHECK(found.has_apcu);
  CHECK_FALSE(found.apcu_is_on);
  CHECK(found.user == 33);
  CHECK(found.path_memory == 1000);
}

TEST_CASE("an answer of another shape is taken for one that tells nothing") {
  for (php::value const& odd :
       {php::value(), php::value(1), php::value("x"), list({1, "x", list({})}),
        named({{"settings", 3}, {"lines", named({{"a", list({1})}})}, {"missing", list({4})}})}) {
    doctor::facts const found = facts_of(odd);
    CHECK_FALSE(found.status);
    CHECK_FALSE(found.user);
    CHECK(found.settings.empty());
  }
}
