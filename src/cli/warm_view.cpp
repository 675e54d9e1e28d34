#include "cli/warm_view.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cachetool::cli {
namespace {

using outcome = opcache::warmed_script::outcome;

constexpr std::array<std::pair<outcome, std::string_view>, 5> outcomes{{{outcome::compiled, "compiled"},
                                                                        {outcome::ready, "ready"},
                                                                        {outcome::left_out, "left_out"},
                                                                        {outcome::not_cached, "not_cached"},
                                                                        {outcome::failed, "failed"}}};

std::string name(outcome what) {
  return std::string(
      std::find_if(outcomes.begin(), outcomes.end(), [what](auto const& each) { return each.first == what; })->second);
}

std::int64_t count(opcache::warm_report const& report, outcome what) {
  return std::count_if(report.scripts.begin(), report.scripts.end(), [what](auto const& s) { return s.what == what; });
}

std::string scripts(std::int64_t number) {
  return number == 1 ? "1 script" : std::to_string(number) + " scripts";
}

std::string remark(opcache::warmed_script const& script) {
  switch (script.what) {
    case outcome::compiled:
    case outcome::ready:
      return {};
    case outcome::left_out:
      return script.path + " was left out: " + script.why;
    case outcome::not_cached:
      return script.path + " was compiled, but not cached: " + script.why;
    case outcome::failed:
      break;
  }
  return script.path + " did not compile: " + script.why;
}

}  // namespace

std::string warm_text(opcache::warm_report const& report) {
  std::string text = scripts(count(report, outcome::compiled)) + " compiled";
  for (auto const& [what, word] : outcomes) {
    std::int64_t const number = count(report, what);
    if (number == 0 || what == outcome::compiled) continue;
    std::string said(word);
    std::replace(said.begin(), said.end(), '_', ' ');
    text += ", " + std::to_string(number) + " " + said;
  }
  return text;
}

report::table warm_table(opcache::warm_report const& report) {
  report::table table({"Outcome", "Filename"});
  for (auto const& script : report.scripts) table.add_row({name(script.what), script.path});
  return table;
}

std::vector<std::string> warm_columns() {
  return {"outcome", "reason", "full_path"};
}

std::vector<std::string> csv_fields(opcache::warmed_script const& script) {
  return {name(script.what), script.why, script.path};
}

void write_json(report::json_writer& json, opcache::warm_report const& report) {
  json.begin_object().key("release").string(report.release).key("running");
  report.running.empty() ? json.null() : json.string(report.running);
  for (auto const& [what, word] : outcomes) json.key(word).integer(count(report, what));
  json.key("scripts").begin_array();
  for (auto const& script : report.scripts) {
    json.begin_object().key("full_path").string(script.path);
    json.key("outcome").string(name(script.what)).key("reason");
    script.why.empty() ? json.null() : json.string(script.why);
    json.key("warnings").begin_array();
    for (std::string const& warning : script.warnings) json.string(warning);
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

std::vector<std::string> remarks(opcache::warm_report const& report) {
  std::vector<std::string> lines;
  for (auto const& script : report.scripts) {
    lines.insert(lines.end(), script.warnings.begin(), script.warnings.end());
    if (std::string line = remark(script); !line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

std::optional<error> failure(opcache::warm_report const& report) {
  auto const total = static_cast<std::int64_t>(report.scripts.size());
  std::int64_t const failed = count(report, outcome::failed);
  if (failed > 0) {
    return error(error_kind::php_error, std::to_string(failed) + " of " + scripts(total) + " did not compile");
  }
  if (total > 0 && count(report, outcome::not_cached) == total) {
    return error(error_kind::php_error, "nothing was cached: " + report.scripts.front().why);
  }
  return std::nullopt;
}

}  // namespace cachetool::cli
