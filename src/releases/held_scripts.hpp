#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "releases/site.hpp"
#include "releases/young_files.hpp"

namespace cachetool::releases {

/// Scripts that requests begin with. While this object lives, OPcache has none of them cached, and caches none.
///
/// Symfony Runtime includes the script that a request began with a second time, by its name below the link. If that
/// name came to lead elsewhere in between, the request would have the classes of both releases. While the scripts are
/// held, each worker finds the file by what it remembers of the link: the old one until the worker is cleared, which is
/// between two requests, and the new one afterwards. So the names can be moved once every worker is cleared.
class held_scripts {
 public:
  /// Makes `files` young for `ahead`, as young_files does. `scripts` are those of the release before.
  held_scripts(std::vector<aliased_script> scripts, std::vector<std::string> const& files,
               std::vector<std::string> const& releases, std::chrono::seconds ahead);

  /// Lets OPcache cache them again.
  void let_go() { young_.reset(); }

  /// Of the release before.
  [[nodiscard]] std::vector<aliased_script> const& scripts() const noexcept { return scripts_; }

 private:
  std::vector<aliased_script> scripts_;
  std::optional<young_files> young_;
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
