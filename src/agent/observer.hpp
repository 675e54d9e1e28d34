#pragma once

#include <chrono>
#include <string_view>

#include <cachetool/error.hpp>

#include "agent/agent.hpp"

namespace cachetool::agent {

/// Is told what an adapter does, for a log. No member has to be overridden. Adapters in several threads may share one.
class observer {
 public:
  virtual ~observer() = default;
  virtual void running(call const& /*what*/, std::string_view /*endpoint*/, std::string_view /*agent_path*/) {}
  virtual void answered(answer const& /*what*/) {}
  /// A place could not be used, or the worker could not run the agent there; the next place is tried.
  virtual void place_failed(error const& /*why*/) {}
  /// Like place_failed, but the caller named that place, so it deserves a warning.
  virtual void named_place_failed(error const& why) { place_failed(why); }
  virtual void retrying(error const& /*why*/, std::chrono::milliseconds /*pause*/) {}
  /// What php-fpm wrote to STDERR during a call that succeeded.
  virtual void said(std::string_view /*stderr_text*/) {}
};

}  // namespace cachetool::agent
