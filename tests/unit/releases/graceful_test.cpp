#include "releases/graceful.hpp"

#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using test::named;

namespace {

php::value list(std::vector<php::value> const& items) {
  php::array out;
  for (php::value const& item : items) out.entries.push_back({std::int64_t(out.entries.size()), item});
  return out;
}

/// A pool that remembers two links of before, and of which one can be finished no more.
agent::answer two_links(agent::call const& call) {
  agent::answer out;
  out.pid = 7;
  out.pool = "www";
  if (call.operation == "site.place") out.result = named({{"pools", list({"www"})}});
  if (call.operation == "stat.workers") out.result = list({7});
  if (call.operation == "opcache.status") out.result = named({{"opcache_enabled", true}});
  if (call.operation == "site.remembered") out.result = named({{"/a/current", "/a/1"}, {"/b/current", "/b/1"}});
  if (call.operation == "site.links") {
    out.result = named({{"listed", true},
                        {"links", list({list({"/a/current", "/a/2", "/a/2"}), list({"/b/current", "/b/2", "/b/2"})})}});
  }
  if (call.operation == "site.names") out.result = named({{"listed", true}});
  if (call.operation == "deploy.look") {
    std::string const current(call.arguments["current"].as_string());
    if (current == "/a/current") throw error(error_kind::worker_died, "the worker is gone").advise("look at its log");
    out.result = named({{"live", "/b/2"}, {"enabled", false}});
  }
  if (call.operation == "deploy.resolve") out.result = "/b/2";
  return out;
}

}  // namespace

TEST_CASE("a link that cannot be followed keeps no other from its target, and its error is told") {
  test::fake_adapter php{two_links};
  std::vector<adapter::adapter*> const pools{&php};
  releases::graceful_options options;
  options.only_links = true;
  auto const report = releases::bring_up_to_date({pools, {}, true}, options, [](auto const&) { return nullptr; });
  REQUIRE(report.links.size() == 1);
  CHECK(report.links[0].link.path == "/b/current");
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].message() == "/a/current: the worker is gone");
  CHECK(report.failures[0].kind() == error_kind::worker_died);
  CHECK(report.failures[0].hint() == "look at its log");
}
