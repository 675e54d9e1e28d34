#pragma once

#include <memory>
#include <optional>
#include <string>

#include "advice/facts.hpp"
#include "agent/observer.hpp"
#include "cli/targets/find_targets.hpp"
#include "fpm/discovery.hpp"

/// A look at the caches of one php-fpm, for the commands that judge it.
namespace cachetool::cli {

struct examined_php {
  std::unique_ptr<adapter::adapter> php;
  advice::facts caches;
  std::optional<fpm::listener> host;  ///< its master, if this machine tells
};

/// Asks for everything that the rules judge, in one request; with `lines` also where files set it. If
/// opcache.restrict_api forbids every place, the rest is told. Throws error, with the cause of a failure.
examined_php examine_php(target const& whom, agent::observer& log, bool lines);

/// What a command line needs to name this target: " --fcgi=/run/a.sock"; empty if it needs nothing.
std::string options_for(target const& whom, bool is_one_of_several);

}  // namespace cachetool::cli
