#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

#include "agent/agent.hpp"
#include "fastcgi/operation.hpp"

namespace cachetool::adapter {

/// A call that was begun. Who drives it with fastcgi::run_any() may drive others at the same time.
class call_in_progress : public fastcgi::operation {
 public:
  /// What the agent answered. Only when done, and only once.
  [[nodiscard]] virtual agent::answer take() = 0;
};

/// One way to have PHP run the agent.
class adapter {
 public:
  virtual ~adapter() = default;

  /// Runs one operation and returns what the agent answered. Throws error.
  virtual agent::answer run(agent::call const& what) = 0;

  /// Begins one operation, which nothing sends again if it fails. HOLD: its connection, and with it its worker, is kept
  /// until the call is destroyed. This must outlive it, and must not run another operation meanwhile. Here, for ways to
  /// PHP that can do one thing at a time: the call is run when it is driven.
  [[nodiscard]] virtual std::unique_ptr<call_in_progress> begin(agent::call const& what, bool hold);

  /// How often a call is to be sent again, where that is safe. Here: run() does all that can be done.
  [[nodiscard]] virtual int retries() const noexcept { return 0; }

  /// When this becomes readable, the caller asks to stop; -1 for never.
  [[nodiscard]] virtual int interrupt_fd() const noexcept { return -1; }

  /// Another adapter to the same PHP, for use by another thread at the same time; null where there is none.
  [[nodiscard]] virtual std::unique_ptr<adapter> another() const { return nullptr; }

  /// The endpoint as it stands in output: "/run/php/php8.2-fpm.sock".
  [[nodiscard]] virtual std::string label() const = 0;

  /// How many requests, of everybody, this way to PHP works on or has waiting; nothing where that cannot be told.
  [[nodiscard]] virtual std::optional<std::int64_t> connections() const { return std::nullopt; }

  /// The workers of POOL that are alive now, after a call was answered, by the numbers that they themselves see;
  /// nothing where this machine cannot tell.
  [[nodiscard]] virtual std::optional<std::vector<std::int64_t>> workers(std::string_view /*pool*/) const {
    return std::nullopt;
  }

  /// The php-fpm master that answered last, if this machine's process table shows it and its workers by the numbers
  /// that they themselves see.
  [[nodiscard]] virtual std::optional<pid_t> master() const { return std::nullopt; }

  /// FAILED, with what this machine can tell of its cause. For when there is nothing left to try: it may take some
  /// time.
  [[nodiscard]] virtual error examined(error const& failed) const { return failed; }

  /// Waits. Throws error (interrupted) when the caller asked to stop meanwhile.
  virtual void pause(std::chrono::milliseconds duration);
};

/// Waits until DURATION has passed. Throws error (interrupted) once INTERRUPT_FD (-1: none) is readable.
void pause(std::chrono::milliseconds duration, int interrupt_fd);

}  // namespace cachetool::adapter
