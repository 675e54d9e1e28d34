#include "cli/commands/doctor_view.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cli/commands/level_style.hpp"
#include "report/value_text.hpp"
#include "report/wrap.hpp"

namespace cachetool::cli {
namespace {

constexpr std::size_t other_columns = 31;  // the borders, the status and the longest label

// The functions' names are in the sentence already.
std::string label_of(advice::finding const& what) {
  std::string label = what.step == "functions" ? std::string(what.step) : what.name;
  std::replace(label.begin(), label.end(), '_', ' ');
  return label;
}

bool is_problem(advice::finding const& what) {
  return what.what.how >= advice::level::warning;
}

}  // namespace

report::table doctor_table(doctor::report const& report, std::size_t width) {
  report::table table({"Status", "Check", "What was found"});
  for (advice::finding const& each : report.findings) {
    std::string status(name(each.what.how));
    std::string label = label_of(each);
    for (std::string& line : report::wrapped(report::escape_controls(each.what.message), width - other_columns)) {
      table.add_row({std::move(status), std::move(label), std::move(line)});
      status.clear();
      label.clear();
    }
  }
  return table;
}

report::style doctor_style(std::size_t column, std::string_view text) {
  for (advice::level const each : {advice::level::ok, advice::level::warning, advice::level::failure}) {
    if (column == 0 && text == name(each)) return style_of(each);
  }
  return report::style::plain;
}

std::vector<std::string> doctor_lines(doctor::report const& report, std::size_t width) {
  std::vector<std::string> lines;
  for (advice::finding const& each : report.findings) {
    std::string const text = std::string(name(each.what.how)) + ": " + label_of(each) + ": " + each.what.message;
    for (std::string& line : report::wrapped(report::escape_controls(text), width)) lines.push_back(std::move(line));
  }
  return lines;
}

std::string verdict_line(doctor::report const& report) {
  std::int64_t failures = 0;
  std::int64_t warnings = 0;
  std::string names;
  for (advice::finding const& each : report.findings) {
    if (!is_problem(each)) continue;
    ++(each.what.how == advice::level::failure ? failures : warnings);
    names += (names.empty() ? ": " : ", ") + each.name;
  }
  if (names.empty()) return "nothing is wrong";
  std::string const both = failures > 0 && warnings > 0 ? " and " : "";
  return (failures > 0 ? base::counted(failures, "failure") : "") + both +
         (warnings > 0 ? base::counted(warnings, "warning") : "") + names;
}

void keep_problems(doctor::report& report) {
  std::erase_if(report.findings, [](advice::finding const& each) { return !is_problem(each); });
}

std::vector<std::string> hints(doctor::report const& report, advice::level least) {
  std::vector<std::string> lines;
  std::size_t const count = report.findings.size() - (report.ended && !report.findings.empty() ? 1 : 0);
  for (std::size_t i = 0; i < count; ++i) {
    advice::finding const& each = report.findings[i];
    if (!each.what.hint.empty() && each.what.how >= least) lines.push_back(label_of(each) + ": " + each.what.hint);
  }
  return lines;
}

std::array<report::field, 5> fields(advice::finding const& what) {
  return {{{"step", what.step},
           {"name", std::string_view(what.name)},
           {"level", name(what.what.how)},
           {"message", std::string_view(what.what.message)},
           {"hint", report::unless_empty(what.what.hint)}}};
}

void write_json(report::json_writer& json, doctor::report const& report) {
  json.begin_object().key("level").string(name(worst(report.findings)));
  report::write_objects(json, "checks", report.findings, [](advice::finding const& each) { return fields(each); });
  json.end_object();
}

}  // namespace cachetool::cli
