#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/opcache.hpp>

#include "cli/targets/find_targets.hpp"
#include "report/top_screen.hpp"

/// What opcache:top shows, read from one php-fpm again and again.
namespace cachetool::cli {

enum class top_view : std::uint8_t { workers, hits, memory, growth };

/// The figures of a status, without a list.
report::top_figures top_figures_of(opcache::status const& status, std::string const& label);

/// The share of hits in what was counted between two looks, of which `own` misses were those of the looks themselves.
/// Nothing if nobody asked for a script, or if the cache was emptied in between.
std::optional<double> hits_between(opcache::statistics const& before, opcache::statistics const& now, std::int64_t own);

/// One php-fpm. What it remembers has a bound, however long it is watched.
class top_source {
 public:
  explicit top_source(target whom) : whom_(std::move(whom)) {}

  /// What is shown until it has answered.
  [[nodiscard]] report::top_figures before_the_first() const;

  /// Looks once. A failure is told in the figures, with those of the last look that worked. Throws error (interrupted).
  report::top_figures const& look(top_view view, agent::observer& log);

 private:
  [[nodiscard]] std::string const& name() const noexcept;
  void read(top_view view);
  opcache::status read_scripts(top_view view);
  void read_workers();
  void add_growth(opcache::script const& each, std::map<std::string, std::int64_t>& seen);
  void sort_growth();

  target whom_;
  std::unique_ptr<adapter::adapter> php_;
  report::top_figures shown_;
  report::top_list list_;  // the next one
  std::optional<opcache::statistics> before_;
  std::int64_t requests_ = 0;                        // of ours since then: each is a script that nobody keeps, a miss
  std::map<std::string, std::int64_t> hits_before_;  // for top_view::growth
  std::vector<std::pair<std::int64_t, std::vector<std::string>>> grown_;  // hits more, and the row
};

}  // namespace cachetool::cli
