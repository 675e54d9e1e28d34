#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cachetool/error.hpp>

#include "agent/agent.hpp"
#include "fastcgi/operation.hpp"

namespace cachetool::adapter {

/// A call that was begun. fastcgi::run_any() can drive several at the same time.
class call_in_progress : public fastcgi::operation {
 public:
  /// The agent's answer. Only when done, and only once.
  [[nodiscard]] virtual agent::answer take() = 0;
};

class adapter;

/// The error that a call ended with, and whose call it was.
class failed_call final : public error {
 public:
  failed_call(error failed, adapter const& php) : error(std::move(failed)), php_(&php) {}

  /// True if the call was made through this adapter. The one that it was made through may be gone by now.
  [[nodiscard]] bool was_made_by(adapter const& php) const noexcept { return php_ == &php; }

 private:
  adapter const* php_;
};

/// One way to have PHP run the agent.
class adapter {
 public:
  virtual ~adapter() = default;

  /// Runs one operation and returns the agent's answer. Throws error; it is a failed_call if several adapters may lead
  /// to one master.
  virtual agent::answer run(agent::call const& what) = 0;

  /// Begins one operation, which is not sent again if it fails. With `hold`, its connection is kept until the call is
  /// destroyed, and with it its worker. The adapter must outlive the call, and must not run another operation
  /// meanwhile. This version is for adapters that do one thing at a time: the call runs when it is driven.
  [[nodiscard]] virtual std::unique_ptr<call_in_progress> begin(agent::call const& what, bool hold);

  /// How often a call may be sent again if that is safe. Here 0: run() does everything that can be done.
  [[nodiscard]] virtual int retries() const noexcept { return 0; }

  /// Becomes readable when the caller asks to stop; -1: never.
  [[nodiscard]] virtual int interrupt_fd() const noexcept { return -1; }

  /// Another adapter to the same PHP, for another thread at the same time; null if there is none.
  [[nodiscard]] virtual std::unique_ptr<adapter> another() const { return nullptr; }

  /// The endpoint as the output shows it: "/run/php/php8.2-fpm.sock".
  [[nodiscard]] virtual std::string label() const = 0;

  /// How many requests are running or waiting on this way to PHP, everybody's included; nothing if unknown.
  [[nodiscard]] virtual std::optional<std::int64_t> connections() const { return std::nullopt; }

  /// The workers of a pool that are alive now, by the pids that they see themselves. Only after a call was answered.
  /// Nothing if this machine cannot tell.
  [[nodiscard]] virtual std::optional<std::vector<std::int64_t>> workers(std::string_view /*pool*/) const {
    return std::nullopt;
  }

  /// The names of its master's pools that have workers now; so known as those.
  [[nodiscard]] virtual std::optional<std::vector<std::string>> pools() const { return std::nullopt; }

  /// The php-fpm master that answered last, if this machine's process table shows it and its workers, by the pids that
  /// they see themselves.
  [[nodiscard]] virtual std::optional<pid_t> master() const { return std::nullopt; }

  /// True if fpm_get_status() may be asked of its pool at a quiet moment (fpm::why_not_steady()). Only after a call was
  /// answered.
  [[nodiscard]] virtual bool has_steady_workers() const { return false; }

  /// The error, with what this machine can tell of its cause. For when there is nothing left to try: it may take some
  /// time.
  [[nodiscard]] virtual error examined(error const& failed) const { return failed; }

  /// Waits. Throws error (interrupted) if the caller asks to stop meanwhile.
  virtual void pause(std::chrono::milliseconds duration);
};

/// Waits for `duration`. Throws error (interrupted) once `interrupt_fd` (-1: none) is readable.
void pause(std::chrono::milliseconds duration, int interrupt_fd);

}  // namespace cachetool::adapter
