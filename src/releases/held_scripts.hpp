#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "releases/site.hpp"

namespace cachetool::releases {

/// Scripts that requests begin with. While this object lives, OPcache has none of them cached, and caches none.
///
/// Symfony Runtime includes the script that a request began with a second time, by its name below the link. If that
/// name came to lead elsewhere in between, the request would have the classes of both releases. While the scripts are
/// held, each worker finds the file by what it remembers of the link: the old one until the worker is cleared, which is
/// between two requests, and the new one afterwards. So the names can be moved once every worker is cleared.
class held_scripts {
 public:
  virtual ~held_scripts() = default;

  /// Lets OPcache cache them again.
  virtual void let_go() = 0;

  std::vector<aliased_script> scripts;  ///< of the release before
};

/// Holds scripts of the release before, and the files `live` of the same names, for `patience` at most. Touches only
/// files that lie in `releases`. Null if they cannot be held: that takes the right to change the files' times, and
/// opcache.file_update_protection above 0. Throws error.
std::shared_ptr<held_scripts> hold(adapter::adapter& php, std::vector<aliased_script> const& scripts,
                                   std::vector<std::string> const& live, std::vector<std::string> const& releases,
                                   std::chrono::milliseconds patience);

/// Why OPcache is reset if they cannot be held.
std::string cannot_hold(std::string const& script);

}  // namespace cachetool::releases
