#include "monitor/plugin_output.hpp"

#include "support/catch.hpp"

using namespace cachetool::monitor;

namespace {

target_result healthy_target(std::string label) {
  target_result out;
  out.label = std::move(label);
  out.summary = "61 % used";
  out.figures.push_back({"memory", 61.5, "%", "90", "95", 0, 100});
  out.figures.push_back({"scripts", 300, "", "", "", 0, std::nullopt});
  return out;
}

}  // namespace

TEST_CASE("where all is well there is one line, with the figures behind a bar") {
  CHECK(plugin_text("OPCACHE", {healthy_target("/run/a.sock")}) ==
        "OPCACHE OK - 61 % used | memory=61.5%;90;95;0;100 scripts=300;;;0\n");
}

TEST_CASE("the worst alert stands first, and each of them below with what to do") {
  auto target = healthy_target("/run/a.sock");
  target.figures.clear();
  target.alerts = {{state::warning, "a", "do a"}, {state::critical, "b | c\nd", ""}, {state::unknown, "e", ""}};
  target.remarks = {"a remark"};
  CHECK(plugin_text("OPCACHE", {target}) ==
        "OPCACHE CRITICAL - /run/a.sock: b / c d\nWARNING - a; do a\nCRITICAL - b / c d\nUNKNOWN - e\na remark\n");
}

TEST_CASE("several targets are told apart in every line and every label") {
  auto broken = healthy_target("/run/b=it's.sock");
  broken.alerts = {{state::critical, "no such socket", ""}};
  broken.figures.resize(1);
  auto const text = plugin_text("OPCACHE", {healthy_target("/run/a.sock"), broken});
  CHECK(text ==
        "OPCACHE CRITICAL - /run/b=it's.sock: no such socket | '/run/a.sock memory'=61.5%;90;95;0;100 "
        "'/run/a.sock scripts'=300;;;0 '/run/b_it''s.sock memory'=61.5%;90;95;0;100\n"
        "/run/a.sock: OK - 61 % used\n/run/b=it's.sock: CRITICAL - no such socket\n");
}

TEST_CASE("what is critical is worse than a warning, and a warning worse than what is unknown") {
  CHECK(worse(state::unknown, state::warning) == state::warning);
  CHECK(worse(state::warning, state::critical) == state::critical);
  CHECK(worse(state::critical, state::unknown) == state::critical);
  CHECK(worse(state::ok, state::unknown) == state::unknown);
  CHECK(worst(std::vector<target_result>()) == state::unknown);
}

TEST_CASE("a check that did not begin is one line without control bytes") {
  CHECK(unknown_line("FPM", "a\033[2J\nb | c") == "FPM UNKNOWN - a [2J b / c\n");
}
