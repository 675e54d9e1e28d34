#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "adapter/retry.hpp"
#include "base/deadline.hpp"
#include "caches/every_worker.hpp"

namespace cachetool::caches {

/// The sweep through one pool. It says which calls it wants to have in progress, and decides what comes next when one
/// ends. Somebody else drives the calls, perhaps for several pools at once.
class pool_sweep {
 public:
  /// The adapter must outlive this.
  pool_sweep(adapter::adapter& php, agent::call what, base::time_point until);

  [[nodiscard]] bool over() const noexcept { return stage_ == stage::over; }

  /// Begins the calls that are due now.
  void begin_calls();

  /// The calls that are not over. The pointers are valid until the next call of a non-const member function.
  [[nodiscard]] std::vector<adapter::call_in_progress*> in_progress() const;

  /// When begin_calls() has something to do, even if no call ends before that.
  [[nodiscard]] base::time_point wakes() const noexcept { return wakes_; }

  /// To be called when one of in_progress() has ended.
  void ended(adapter::call_in_progress& which, std::optional<error> const& failure);

  /// The result, once the time or the sweep is over.
  [[nodiscard]] sweep finish();

 private:
  enum class stage {
    first,    ///< one call, which tells the pool and holds its worker
    holding,  ///< one held connection for each worker
    asking,   ///< plain calls, a few at a time
    over
  };

  void begin(bool hold);
  void hold_all();
  void begin_round();
  void answered(agent::answer answer);
  [[nodiscard]] bool learn_workers(agent::answer const& first);
  [[nodiscard]] std::optional<error> list_by_php();
  void strike_the_dead();
  void let_go();
  void failed(error const& why);
  void give_up(error const& why);
  void end();
  [[nodiscard]] error silence() const;
  [[nodiscard]] bool is_wanted_by_others() const;
  [[nodiscard]] bool waits_for_busy_ones(std::optional<std::int64_t> connections);

  adapter::adapter& php_;
  agent::call what_;
  base::time_point start_;
  base::time_point until_;
  base::time_point wakes_;
  base::time_point next_round_;
  base::time_point listed_;  // when PHP was last asked for its workers
  base::time_point news_;    // when an expected worker was reached, or a long request has ended
  std::int64_t fewest_connections_ = std::numeric_limits<std::int64_t>::max();
  stage stage_ = stage::first;
  bool visible_ = false;  // this machine sees the workers
  std::size_t workers_ = 1;
  int looks_ = 0;     // for a moment when nobody else wants a worker
  int failures_ = 0;  // rounds in a row without any answer
  std::optional<error> round_failure_;
  std::vector<std::unique_ptr<adapter::call_in_progress>> calls_;
  std::vector<std::unique_ptr<adapter::call_in_progress>> held_;  // answered, but kept open
  std::set<std::int64_t> expected_;
  sweep result_;
};

}  // namespace cachetool::caches
