#include "cli/commands/doctor_view.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace cachetool;
using advice::level;

namespace {

doctor::report two_findings() {
  doctor::report out;
  out.findings.push_back({"find", "find", {level::ok, "php-fpm"}});
  out.findings.push_back(
      {"deploy", "new_files", {level::warning, "one two " + std::string(65, 'x') + " three", "do it"}});
  return out;
}

std::string rendered(doctor::report const& report, std::size_t width = 100) {
  std::string text;
  cli::doctor_table(report, width).render([&text](std::string_view part) { text += part; });
  return text;
}

}  // namespace

TEST_CASE("a sentence that is too long goes on in the next row") {
  std::string const x(65, 'x');
  CHECK(rendered(two_findings()).find("| warning | new files | one two ") != std::string::npos);
  CHECK(rendered(two_findings()).find("|         |           | " + x) != std::string::npos);
}

TEST_CASE("no row of the table has more columns than it may, unless one word has") {
  doctor::report report;
  std::string sentence;
  for (int i = 0; i < 80; ++i) sentence += "word ";
  report.findings.push_back({"deploy", "forced_restart", {level::warning, sentence}});
  for (std::size_t const width : {80U, 100U, 120U}) {
    std::size_t const used = rendered(report, width).find('\n');
    CHECK(used <= width);
    CHECK(used > width - 5);
  }
}

TEST_CASE("control bytes of others are escaped in the table") {
  doctor::report report;
  report.findings.push_back({"run", "run", {level::note, "said \033[2J"}});
  CHECK(rendered(report).find('\033') == std::string::npos);
}

TEST_CASE("hints say which check they are for, and leave out that of the error that ended the walk") {
  doctor::report report = two_findings();
  CHECK(cli::hints(report) == std::vector<std::string>{"new files: do it"});
  CHECK(cli::hints(report, level::failure).empty());
  report.ended = error(error_kind::stale, "x");
  CHECK(cli::hints(report).empty());
}

TEST_CASE("JSON has every check with its five keys, and the worst level") {
  std::string text;
  report::json_writer json([&text](std::string_view part) { text += part; });
  cli::write_json(json, two_findings());
  json.flush();
  auto const read = nlohmann::json::parse(text);
  CHECK(read.at("level") == "warning");
  REQUIRE(read.at("checks").size() == 2);
  CHECK(read.at("checks")[0].at("hint").is_null());
  CHECK(read.at("checks")[1].at("step") == "deploy");
  CHECK(read.at("checks")[1].at("name") == "new_files");
  CHECK(read.at("checks")[1].at("level") == "warning");
  CHECK(read.at("checks")[1].at("hint") == "do it");
}

TEST_CASE("the last line counts what is wrong, and names it") {
  doctor::report report = two_findings();
  CHECK(cli::verdict_line(report) == "1 warning: new_files");
  report.findings.push_back({"cache", "keys", {level::failure, "x"}});
  report.findings.push_back({"cache", "memory", {level::failure, "x"}});
  CHECK(cli::verdict_line(report) == "2 failures and 1 warning: new_files, keys, memory");
  report.findings.resize(1);
  CHECK(cli::verdict_line(report) == "nothing is wrong");
}

TEST_CASE("on a narrow terminal each finding is a paragraph, and no line is wider, unless one word is") {
  auto const lines = cli::doctor_lines(two_findings(), 40);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "ok: find: php-fpm");
  CHECK(lines[1] == "warning: new files: one two");
  CHECK(lines[3] == "three");
}

TEST_CASE("of the problems alone nothing is left where all is well") {
  doctor::report report = two_findings();
  cli::keep_problems(report);
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].name == "new_files");
}
