#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/fastcgi/error.hpp>

#include "agent/agent.hpp"

namespace cachetool::adapter {

/// Is told what an adapter does, for a log. Every member may be left as it is. Adapters in several threads may share
/// one.
class observer {
 public:
  virtual ~observer() = default;
  virtual void running(agent::call const& /*what*/, std::string_view /*endpoint*/, std::string_view /*agent_path*/) {}
  virtual void answered(agent::answer const& /*what*/) {}
  /// A place could not be used, or the worker could not run what lies there; the next one is tried.
  virtual void place_failed(error const& /*why*/) {}
  /// As place_failed, but the caller had named that place: worth a warning.
  virtual void named_place_failed(error const& why) { place_failed(why); }
  virtual void retrying(error const& /*why*/, std::chrono::milliseconds /*pause*/) {}
  /// What php-fpm wrote to STDERR during a call that succeeded.
  virtual void said(std::string_view /*stderr_text*/) {}
};

/// One way to have PHP run the agent.
class adapter {
 public:
  virtual ~adapter() = default;

  /// Runs one operation and returns what the agent answered. Throws error.
  virtual agent::answer run(agent::call const& what) = 0;

  /// Another adapter to the same PHP, for use by another thread at the same time; null where there is none.
  [[nodiscard]] virtual std::unique_ptr<adapter> another() const { return nullptr; }

  /// The endpoint as it stands in output: "/run/php/php8.2-fpm.sock".
  [[nodiscard]] virtual std::string label() const = 0;

  /// How many requests, of everybody, this way to PHP works on or has waiting; nothing where that cannot be told.
  [[nodiscard]] virtual std::optional<std::int64_t> connections() const { return std::nullopt; }

  /// The workers of POOL that are alive now, after a call was answered; none where this machine cannot tell.
  [[nodiscard]] virtual std::vector<std::int64_t> workers(std::string_view /*pool*/) const { return {}; }

  /// Waits. Throws error (interrupted) when the caller asked to stop meanwhile.
  virtual void pause(std::chrono::milliseconds duration) = 0;
};

/// Waits until DURATION has passed. Throws error (interrupted) once INTERRUPT_FD (-1: none) is readable.
void pause(std::chrono::milliseconds duration, int interrupt_fd);

}  // namespace cachetool::adapter
