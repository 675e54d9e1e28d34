#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/unique_fd.hpp"
#include "cli/commands/opcache_top_source.hpp"

namespace cachetool::cli {

/// A descriptor that becomes readable.
class event {
 public:
  /// Throws error (no_resources).
  event();
  void raise() const noexcept;
  void clear() const noexcept;
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  base::unique_fd fd_;
};

/// Looks at the php-fpm that is shown, every so often, in a thread of its own: one that does not answer must not keep
/// the keys waiting.
class sampler {
 public:
  /// There is one target at least. `stop` interrupts what is under way in the targets; the destructor raises it. `stop`
  /// and `log` must outlive this.
  sampler(std::vector<target> targets, std::chrono::milliseconds interval, event const& stop, agent::observer& log);
  sampler(sampler const&) = delete;
  sampler& operator=(sampler const&) = delete;
  ~sampler();

  /// Looks at once, if that is another one or another list than before.
  void look_at(std::size_t master, top_view view);

  /// What was seen of it last.
  report::top_figures latest();

  [[nodiscard]] std::size_t masters() const noexcept { return sources_.size(); }

  /// Raised after each look.
  [[nodiscard]] event const& sampled() const noexcept { return sampled_; }

 private:
  void work() noexcept;
  void sample(std::unique_lock<std::mutex>& lock);
  report::top_figures look(top_source& source, top_view view);

  agent::observer& log_;
  std::deque<top_source> sources_;
  std::chrono::milliseconds interval_;
  event const& stop_;
  event sampled_;
  std::mutex mutex_;  // for what follows
  std::condition_variable changed_;
  std::size_t master_ = 0;
  top_view view_ = top_view::workers;
  bool is_due_ = false;
  bool ends_ = false;
  report::top_figures latest_;
  std::thread thread_;  // the last member: it uses all others
};

}  // namespace cachetool::cli
