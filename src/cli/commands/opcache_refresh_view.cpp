#include "cli/commands/opcache_refresh_view.hpp"

#include <array>

namespace cachetool::cli {
namespace {

using refresh_outcome = opcache::refreshed_script::outcome;

constexpr std::array refresh_words{
    outcome_words{"refreshed", "refreshed", ""},
    outcome_words{"forgotten", "forgotten", ""},
    outcome_words{"kept", "gone but kept", " is gone, and this PHP keeps its script all the same, until a reset"},
    outcome_words{"preloaded", "preloaded",
                  " was loaded by opcache.preload: it stays as it is until php-fpm is reloaded"},
    outcome_words{"not_cached", "not cached", " is not cached: ", "", " are not cached: "},
    outcome_words{"no_room", "left out for lack of room", " was left out for lack of room: ", "",
                  " were left out for lack of room: "},
    outcome_words{"left", "left to their first visitor", "", "left to its first visitor"},
    outcome_words{"failed", "failed", " was not refreshed: "},
};

std::string advice_for_room(opcache::memory_usage const& memory) {
  bool const helps = memory.wasted >= memory.free && memory.wasted >= 1 << 20;
  return helps ? "cachetool opcache:reset" : "raise that in php.ini, and reload php-fpm";
}

}  // namespace

outcome_view scripts_of(std::vector<opcache::refreshed_script> const& scripts) {
  return {refresh_words, scripts};
}

outcome_view scripts_of(opcache::refresh_report const& report) {
  return scripts_of(report.scripts);
}

std::string refresh_text(opcache::refresh_report const& report) {
  std::string text = scripts_of(report).text(refresh_outcome::refreshed);
  if (report.file_entries > 0) text += ", " + std::to_string(report.file_entries) + " deleted from the file cache";
  if (report.skipped > 0) text += ", " + std::to_string(report.skipped) + " skipped";
  return text + ", " + std::to_string(report.unchanged) + " unchanged";
}

void write_json(report::json_writer& json, opcache::refresh_report const& report) {
  outcome_view const scripts = scripts_of(report);
  json.begin_object();
  scripts.write_counts(json);
  json.key("unchanged").integer(report.unchanged);
  json.key("skipped").integer(report.skipped);
  json.key("file_cache_deleted").integer(report.file_entries);
  json.key("restarted").boolean(report.restarted);
  json.key("free_memory").integer(report.memory.free);
  json.key("wasted_memory").integer(report.memory.wasted);
  scripts.write_scripts(json);
  json.end_object();
}

std::vector<std::string> remarks(opcache::refresh_report const& report) {
  std::vector<std::string> lines = scripts_of(report).remarks();
  if (!report.frozen.empty()) {
    lines.push_back("after the next reset or reload PHP has again what is in " + report.frozen + ": " +
                    std::string(frozen_advice));
  }
  if (!report.keeps_times && scripts_of(report).count(refresh_outcome::refreshed) > 0) {
    lines.emplace_back(
        "the next refresh compiles these again, and no pool looks at their timestamps, until a reset: no script can "
        "change opcache.validate_timestamps here "
        "(php_admin_value, or a disabled function), so PHP keeps no file's time. Set it by php_value or in php.ini");
  }
  if (report.restarted) lines.emplace_back("PHP emptied the whole cache meanwhile");
  return lines;
}

std::optional<error> failure(opcache::refresh_report const& report) {
  outcome_view const scripts = scripts_of(report);
  auto const failed = scripts.failure(refresh_outcome::failed, "could not be refreshed");
  if (failed) return failed;
  auto nothing = scripts.nothing_cached(refresh_outcome::not_cached, refresh_outcome::no_room);
  if (nothing && scripts.count(refresh_outcome::no_room) > 0) nothing->advise(advice_for_room(report.memory));
  return nothing;
}

}  // namespace cachetool::cli
