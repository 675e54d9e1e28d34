#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>
#include <cachetool/origin.hpp>

#include "adapter/adapter.hpp"
#include "agent/observer.hpp"
#include "doctor/finding.hpp"

namespace cachetool::doctor {

/// A way to PHP that is to be tried.
struct way_to_try {
  std::optional<fastcgi::endpoint> where;  ///< of a php-fpm; nothing for a web site, or php on the command line
  std::function<std::unique_ptr<adapter::adapter>(agent::observer& watcher)> open;
  std::optional<error> blocked;  ///< why it cannot be tried: OPEN may be empty then
  std::string who;               ///< and what it leads to: "the pool www of php-fpm 8.1 (master 812)"; may be empty
  std::string options;           ///< as in subject
  bool guessed = false;          ///< nobody named it, and nothing was found there
  int interrupt_fd = -1;         ///< ends the look around when it becomes readable
};

struct report {
  origin from;                    ///< who answered, if anybody did
  std::vector<finding> findings;  ///< in the order of the steps
  std::optional<error> ended;     ///< what ended the walk early; the last finding is about it
};

/// Finds who listens, connects, has the agent put and run, and looks at what it tells. Changes nothing there. One
/// request where all is well, and a connection that asks the kernel who listens. LOG is told as by any call. Throws
/// error (usage, config, interrupted) alone.
report walk(way_to_try const& how, agent::observer& log);

}  // namespace cachetool::doctor
