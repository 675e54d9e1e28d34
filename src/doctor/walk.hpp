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
#include "advice/facts.hpp"
#include "advice/finding.hpp"
#include "agent/observer.hpp"

namespace cachetool::doctor {

using advice::finding;
using advice::level;

/// A way to PHP to try.
struct way_to_try {
  std::optional<fastcgi::endpoint> where;  ///< a php-fpm's; nothing for a web site, or php on the command line
  std::function<std::unique_ptr<adapter::adapter>(agent::observer& watcher)> open;
  std::function<std::unique_ptr<adapter::adapter>(fastcgi::endpoint const& where, agent::observer& watcher)>
      open_pool;                 ///< another pool of the same master; may be empty
  std::optional<error> blocked;  ///< why it cannot be tried; then `open` may be empty
  std::string who;               ///< where it leads: "the pool www of php-fpm 8.1 (master 812)"; may be empty
  std::string options;           ///< as in subject
  std::string site;              ///< a path whose old code is looked for; empty: none, but a switched link is noticed
  bool guessed = false;          ///< nobody named it, and nothing was found
  int interrupt_fd = -1;         ///< ends the search when it becomes readable
};

struct report {
  origin from;                    ///< who answered, if anybody did
  std::vector<finding> findings;  ///< in the order of the steps
  std::optional<error> ended;     ///< what ended the walk early; the last finding is about it
};

/// Finds out who listens, connects, has the agent placed and run, and looks at what it tells. Changes nothing there. If
/// all is well, it takes one request, and a connection to ask the kernel who listens. Asks every worker of the master
/// where links lead if a site is named, or the first worker remembers a link that was switched. `log` hears what
/// adapters do, as for any call. Throws only error (usage, config, interrupted).
report walk(way_to_try const& how, agent::observer& log);

/// The part of it that looks for old code, in all pools of the master that can be reached. `of` is what the walk found.
/// What fails is a finding, too.
std::vector<finding> find_old_code(way_to_try const& how, advice::subject const& of, agent::observer& log);

}  // namespace cachetool::doctor
