#include "cli/warm_view.hpp"

#include <array>

namespace cachetool::cli {
namespace {

using outcome = opcache::warmed_script::outcome;

constexpr std::array words{
    outcome_words{"compiled", "compiled", ""},
    outcome_words{"ready", "ready", ""},
    outcome_words{"left_out", "left out", " was left out: "},
    outcome_words{"not_cached", "not cached", " was compiled, but not cached: "},
    outcome_words{"failed", "failed", " did not compile: "},
};

}  // namespace

outcome_view scripts_of(opcache::warm_report const& report) {
  return {words, report.scripts};
}

std::string warm_text(opcache::warm_report const& report) {
  return scripts_of(report).text(outcome::compiled);
}

void write_json(report::json_writer& json, opcache::warm_report const& report) {
  outcome_view const scripts = scripts_of(report);
  json.begin_object().key("release").string(report.release).key("running");
  report.running.empty() ? json.null() : json.string(report.running);
  scripts.write_counts(json);
  scripts.write_scripts(json);
  json.end_object();
}

std::optional<error> failure(opcache::warm_report const& report) {
  outcome_view const scripts = scripts_of(report);
  auto const failed = scripts.failure(outcome::failed, "did not compile");
  return failed ? failed : scripts.nothing_cached(outcome::not_cached);
}

}  // namespace cachetool::cli
