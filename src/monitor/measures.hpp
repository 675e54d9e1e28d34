#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "advice/facts.hpp"
#include "monitor/plugin_output.hpp"
#include "monitor/range.hpp"
#include "monitor/record.hpp"

/// What the checks measure, and how that becomes a result.
namespace cachetool::monitor {

/// What a check has seen.
struct sight {
  advice::subject of;
  record remembered;  ///< this look included
};

/// A figure that a threshold can be set for. All texts are ours.
struct measure {
  std::string_view name;     ///< its label, and what --warning and --critical call it: "hit_rate"
  std::string_view unit;     ///< as in figure
  std::string_view meaning;  ///< for a sentence: "the hit rate"
  std::string_view rule;     ///< the rule of advice that judges it if no threshold is named; empty for none
  std::string_view warning;  ///< the threshold if none is named; empty for none
  std::optional<double> (*value)(sight const&);
};

std::span<measure const> opcache_measures() noexcept;
std::span<measure const> pool_measures() noexcept;

/// Thresholds by the names of measures.
struct thresholds {
  std::map<std::string, range, std::less<>> warning;
  std::map<std::string, range, std::less<>> critical;

  [[nodiscard]] bool have(std::string_view name) const { return warning.contains(name) || critical.contains(name); }
};

/// Judges by the rules of advice whose step is `step`, without their warnings about figures that have a threshold here
/// and are known, and by the thresholds. A warning is one, a failure is critical.
target_result check(sight const& seen, std::string_view step, std::span<measure const> measures,
                    thresholds const& limits);

/// What is counted now, of OPcache and of the pool as far as they tell. `before` tells since when a restart is pending.
look look_at(advice::subject const& of, look const& before);

}  // namespace cachetool::monitor
