#include "cli/commands/warm_view.hpp"

#include <array>

#include "base/text.hpp"

namespace cachetool::cli {
namespace {

using warm_outcome = releases::warmed_script::outcome;

constexpr std::array warm_words{
    outcome_words{"compiled", "compiled", ""},
    outcome_words{"ready", "ready", ""},
    outcome_words{"left_out", "left out", " was left out: "},
    outcome_words{"not_cached", "not cached", " is not cached: ", "", " are not cached: "},
    outcome_words{"no_room", "left out for lack of room", ""},
    outcome_words{"left", "left to their first visitor", "", "left to its first visitor"},
    outcome_words{"failed", "failed", " did not compile: "},
};

}  // namespace

outcome_view scripts_of(releases::warm_report const& report) {
  return {warm_words, report.scripts};
}

std::string warm_text(releases::warm_report const& report) {
  std::string const missing = std::to_string(report.missing);
  return scripts_of(report).text(warm_outcome::compiled) +
         (report.missing > 0 ? "; " + missing + " of " + std::to_string(report.in_use) + " in use have no counterpart"
                             : "") +
         (report.generated > 0 ? ", " + std::to_string(report.generated) + " in their directories compiled" : "");
}

void write_json(report::json_writer& json, releases::warm_report const& report) {
  outcome_view const scripts = scripts_of(report);
  json.begin_object().key("release").string(report.release).key("running");
  report.running.empty() ? json.null() : json.string(report.running);
  json.key("missing").integer(static_cast<std::int64_t>(report.missing));
  json.key("generated").integer(static_cast<std::int64_t>(report.generated));
  scripts.write_counts(json);
  scripts.write_scripts(json);
  json.end_object();
}

std::optional<error> failure(releases::warm_report const& report) {
  std::int64_t used = 0;
  std::int64_t failed = 0;
  bool has_room = true;
  for (releases::warmed_script const& script : report.scripts) {
    used += script.in_use ? 1 : 0;
    failed += script.in_use && script.what == warm_outcome::failed ? 1 : 0;
    has_room = has_room && !(script.in_use && script.what == warm_outcome::no_room);
  }
  if (failed > 0) {
    return error(error_kind::php_error,
                 std::to_string(failed) + " of " + base::counted(used, "script") + " that are in use did not compile");
  }
  if (!has_room) {
    return error(error_kind::memory_limit, "OPcache has no room for all scripts that are in use")
        .advise(
            "raise opcache.memory_consumption and opcache.max_accelerated_files, or let deploy:switch reset OPcache");
  }
  return scripts_of(report).nothing_cached(warm_outcome::not_cached);
}

}  // namespace cachetool::cli
