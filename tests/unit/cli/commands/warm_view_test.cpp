#include "cli/commands/warm_view.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace cachetool;
using outcome = releases::warmed_script::outcome;
using texts = std::vector<std::string>;

namespace {

releases::warm_report report_of(std::initializer_list<outcome> outcomes) {
  releases::warm_report report;
  for (outcome const what : outcomes) report.scripts.push_back({"/a.php", what, "why", {}});
  return report;
}

nlohmann::json json_of(releases::warm_report const& report) {
  std::string text;
  report::json_writer writer([&text](std::string_view part) { text += part; });
  cli::write_json(writer, report);
  writer.flush();
  return nlohmann::json::parse(text);
}

}  // namespace

TEST_CASE("a warming is told in one line, and what did not happen is left out") {
  CHECK(cli::warm_text(report_of({})) == "0 scripts compiled");
  CHECK(cli::warm_text(report_of({outcome::compiled, outcome::ready, outcome::ready, outcome::left_out,
                                  outcome::not_cached, outcome::failed})) ==
        "1 script compiled, 2 ready, 1 left out, 1 not cached, 1 failed");
}

TEST_CASE("a warming fails if a script that is in use did, or if nothing was cached") {
  CHECK_FALSE(cli::failure(report_of({})));
  CHECK_FALSE(cli::failure(report_of({outcome::compiled, outcome::left_out, outcome::not_cached})));
  auto report = report_of({outcome::compiled, outcome::failed});
  CHECK_FALSE(cli::failure(report));
  for (auto& script : report.scripts) script.in_use = true;
  CHECK(cli::failure(report)->message() == "1 of 2 scripts that are in use did not compile");
  CHECK(cli::failure(report_of({outcome::not_cached, outcome::not_cached}))->message() == "nothing was cached: why");
}

TEST_CASE("a warming fails if there is no room for what is in use; what else does not fit is counted") {
  auto report = report_of({outcome::compiled, outcome::no_room});
  CHECK(cli::warm_text(report) == "1 script compiled, 1 left out for lack of room");
  CHECK_FALSE(cli::failure(report));
  report.scripts[1].in_use = true;
  CHECK(cli::failure(report)->kind() == error_kind::memory_limit);
}

TEST_CASE("each script of a warming that needs attention has its line, after what PHP said of it") {
  auto report = report_of({outcome::compiled, outcome::ready});
  CHECK(cli::scripts_of(report).remarks().empty());
  report = report_of({outcome::left_out, outcome::not_cached, outcome::failed});
  report.scripts[1].warnings = {"Deprecated: it is old"};
  CHECK(cli::scripts_of(report).remarks() == texts{"/a.php was left out: why", "Deprecated: it is old",
                                                   "/a.php is not cached: why", "/a.php did not compile: why"});
}

TEST_CASE("a warming as JSON says null where no release runs and where there is no reason") {
  auto report = report_of({outcome::ready});
  report.release = "/srv/releases/2";
  report.scripts[0].why.clear();
  auto const json = json_of(report);
  CHECK(json["running"] == nullptr);
  CHECK(json["release"] == "/srv/releases/2");
  CHECK(json["ready"] == 1);
  CHECK(json["left_out"] == 0);
  CHECK(json["scripts"][0] ==
        nlohmann::json({{"full_path", "/a.php"}, {"outcome", "ready"}, {"reason", nullptr}, {"warnings", texts{}}}));
}

TEST_CASE("a warming as CSV has a row for each script") {
  CHECK(cli::scripts_of(report_of({outcome::left_out})).csv_rows() ==
        std::vector<texts>{{"left_out", "why", "/a.php"}});
}
