#include "cli/commands/opcache_prune_view.hpp"

#include <array>

#include "cli/commands/deploy_view.hpp"
#include "report/record.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

using prune_outcome = releases::pruned_script::outcome;

constexpr std::array prune_words{
    outcome_words{"forgotten", "forgotten", ""},
    outcome_words{"found", "would be forgotten", ""},
    outcome_words{"kept", "gone but kept", " is gone, and this PHP keeps its script all the same, until a reset"},
    outcome_words{"preloaded", "preloaded", " was loaded by opcache.preload: it stays until php-fpm is reloaded"},
    outcome_words{"failed", "failed", " was not forgotten: "},
};

std::string size(std::int64_t bytes) {
  return report::bytes(static_cast<double>(bytes));
}

std::string origin_text(releases::prune_report const& report) {
  std::int64_t dead = 0;
  for (releases::release const& each : report.dead) dead += each.scripts;
  std::string text;
  if (dead > 0) {
    text = std::to_string(dead) + " of " +
           (report.dead.size() == 1 ? report.dead.front().path : std::to_string(report.dead.size()) + " dead releases");
  }
  if (report.gone > 0) {
    text += (text.empty() ? "" : ", ") + std::to_string(report.gone) +
            (report.gone == 1 ? " of a file that is gone" : " of files that are gone");
  }
  return text.empty() ? "" : " (" + text + ")";
}

// Says when a reset is worth it; docs/pruning.md has the reasons.
std::string when_to_reset(releases::prune_report const& report) {
  std::string const needed =
      size(report.needed.memory) + " or " + std::to_string(report.needed.keys) + " keys are free";
  std::string const free = size(report.memory.free) + " and " + std::to_string(report.free_keys);
  if (report.reset_pays) return "a reset is worth it now, in a quiet hour: less than " + needed + ", only " + free;
  return "a reset is worth it when less than " + needed + ", now it is " + free;
}

}  // namespace

outcome_view scripts_of(releases::prune_report const& report) {
  return {prune_words, report.scripts};
}

std::string prune_text(releases::prune_report const& report, bool dry_run) {
  std::string const taken =
      scripts_of(report).text(dry_run ? prune_outcome::found : prune_outcome::forgotten) + origin_text(report);
  std::string const more = dry_run ? ", and " + size(report.memory_of_scripts) + " more would be" : "";
  return taken + ", " + size(report.memory.wasted) + " wasted now" + more + "; " + when_to_reset(report);
}

void write_json(report::json_writer& json, releases::prune_report const& report, bool dry_run) {
  outcome_view const scripts = scripts_of(report);
  json.begin_object().key("dry_run").boolean(dry_run);
  scripts.write_counts(json);
  report::write_members(json, std::array<report::field, 1>{{{"keep", &report.kept}}});
  report::write_objects(json, "dead", report.dead, [](releases::release const& each) { return fields(each); });
  report::write_members(json, std::array<report::field, 10>{{{"left_alone", &report.left_alone},
                                                             {"gone", report.gone},
                                                             {"memory_consumption", report.memory_of_scripts},
                                                             {"wasted_memory", report.memory.wasted},
                                                             {"free_memory", report.memory.free},
                                                             {"needed_memory", report.needed.memory},
                                                             {"free_keys", report.free_keys},
                                                             {"needed_keys", report.needed.keys},
                                                             {"reset_pays", report.reset_pays},
                                                             {"restarted", report.restarted}}});
  scripts.write_scripts(json);
  json.end_object();
}

std::vector<std::string> remarks(releases::prune_report const& report) {
  std::vector<std::string> lines = scripts_of(report).remarks();
  if (report.restarted) lines.emplace_back("PHP emptied the whole cache meanwhile");
  return lines;
}

std::optional<error> failure(releases::prune_report const& report) {
  return scripts_of(report).failure(prune_outcome::failed, "could not be forgotten");
}

}  // namespace cachetool::cli
