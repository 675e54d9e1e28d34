#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "releases/site.hpp"

namespace cachetool::releases {

/// Scripts that requests begin with, of which OPcache has nothing and keeps nothing, for as long as this lives.
///
/// Symfony Runtime includes the script that a request began with a second time, by its name below the link. If that
/// name came to lead elsewhere in between, the request would have the classes of both releases. While they are held
/// each worker finds the file by what it remembers of the link: the old one until it is cleared, which is between two
/// requests, and the new one afterwards. So the names can be moved when every worker is cleared.
class held_scripts {
 public:
  virtual ~held_scripts() = default;

  /// From now on OPcache keeps them again.
  virtual void let_go() = 0;

  std::vector<aliased_script> scripts;  ///< of the release before
};

/// Holds SCRIPTS of the release OLD, and the files of LIVE of the same names, for PATIENCE at most. None but what lies
/// in RELEASES is touched. Null if that cannot be done: it takes the right to change the files' times, and
/// opcache.file_update_protection above 0. Throws error.
std::shared_ptr<held_scripts> hold(adapter::adapter& php, std::vector<aliased_script> const& scripts,
                                   std::vector<std::string> const& live, std::vector<std::string> const& releases,
                                   std::chrono::milliseconds patience);

/// Why a reset is needed where they cannot be held.
std::string cannot_hold(std::string const& script);

}  // namespace cachetool::releases
