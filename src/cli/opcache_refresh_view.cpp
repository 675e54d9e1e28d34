#include "cli/opcache_refresh_view.hpp"

#include <algorithm>
#include <array>

namespace cachetool::cli {
namespace {

using outcome = opcache::refreshed_script::outcome;

struct outcome_text {
  outcome what;
  std::string_view name;  ///< for programs
  std::string_view said;  ///< for people, after a number
};

constexpr std::array outcomes{
    outcome_text{outcome::refreshed, "refreshed", "refreshed"},
    outcome_text{outcome::forgotten, "forgotten", "forgotten"},
    outcome_text{outcome::kept, "kept", "gone but kept"},
    outcome_text{outcome::preloaded, "preloaded", "preloaded"},
    outcome_text{outcome::not_cached, "not_cached", "not cached"},
    outcome_text{outcome::failed, "failed", "failed"},
};

std::string_view name(outcome what) {
  return std::find_if(outcomes.begin(), outcomes.end(), [what](auto const& each) { return each.what == what; })->name;
}

std::int64_t count(opcache::refresh_report const& report, outcome what) {
  return std::count_if(report.scripts.begin(), report.scripts.end(), [what](auto const& s) { return s.what == what; });
}

std::string scripts(std::int64_t number) {
  return number == 1 ? "1 script" : std::to_string(number) + " scripts";
}

std::string remark(opcache::refreshed_script const& script) {
  switch (script.what) {
    case outcome::refreshed:
    case outcome::forgotten:
      return {};
    case outcome::kept:
      return script.path + " is gone, and this PHP keeps its script all the same, until a reset";
    case outcome::preloaded:
      return script.path + " was loaded by opcache.preload: it stays as it is until php-fpm is reloaded";
    case outcome::not_cached:
      return script.path + " was compiled, but not cached: " + script.why;
    case outcome::failed:
      break;
  }
  return script.path + " was not refreshed: " + script.why;
}

}  // namespace

std::string refresh_text(opcache::refresh_report const& report) {
  std::string text = scripts(count(report, outcome::refreshed)) + " refreshed";
  for (outcome_text const& each : outcomes) {
    std::int64_t const number = count(report, each.what);
    if (number > 0 && each.what != outcome::refreshed) {
      text += ", " + std::to_string(number) + " " + std::string(each.said);
    }
  }
  if (report.skipped > 0) text += ", " + std::to_string(report.skipped) + " skipped";
  return text + ", " + std::to_string(report.unchanged) + " unchanged";
}

report::table refresh_table(opcache::refresh_report const& report) {
  report::table table({"Outcome", "Filename"});
  for (auto const& script : report.scripts) table.add_row({std::string(name(script.what)), script.path});
  return table;
}

std::vector<std::string> refresh_columns() {
  return {"outcome", "reason", "full_path"};
}

std::vector<std::string> csv_fields(opcache::refreshed_script const& script) {
  return {std::string(name(script.what)), script.why, script.path};
}

void write_json(report::json_writer& json, opcache::refresh_report const& report) {
  json.begin_object();
  for (outcome_text const& each : outcomes) json.key(each.name).integer(count(report, each.what));
  json.key("unchanged").integer(report.unchanged);
  json.key("skipped").integer(report.skipped);
  json.key("restarted").boolean(report.restarted);
  json.key("free_memory").integer(report.memory.free);
  json.key("wasted_memory").integer(report.memory.wasted);
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

std::vector<std::string> remarks(opcache::refresh_report const& report) {
  std::vector<std::string> lines;
  for (auto const& script : report.scripts) {
    lines.insert(lines.end(), script.warnings.begin(), script.warnings.end());
    if (std::string line = remark(script); !line.empty()) lines.push_back(std::move(line));
  }
  if (report.restarted) lines.emplace_back("PHP emptied the whole cache meanwhile");
  return lines;
}

std::optional<error> failure(opcache::refresh_report const& report) {
  auto const total = static_cast<std::int64_t>(report.scripts.size());
  std::int64_t const failed = count(report, outcome::failed);
  if (failed > 0) {
    return error(error_kind::php_error, std::to_string(failed) + " of " + scripts(total) + " could not be refreshed");
  }
  if (total > 0 && count(report, outcome::not_cached) == total) {
    return error(error_kind::php_error, "nothing was cached: " + report.scripts.front().why);
  }
  return std::nullopt;
}

}  // namespace cachetool::cli
