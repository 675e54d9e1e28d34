#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

#include "adapter/adapter.hpp"
#include "agent/observer.hpp"
#include "cli/targets/context.hpp"

namespace cachetool::cli {

/// One PHP to work on. Nothing was sent to it yet.
struct target {
  /// An address that leads to it, and the pool that listens there; empty where that is not known.
  struct address {
    std::string label;
    std::string pool;
  };

  std::vector<address> addresses;  ///< at least one

  std::optional<fastcgi::endpoint> where;  ///< the first of them, if it is a php-fpm's

  /// Makes the way to it; WATCHER must outlive that.
  using opener = std::function<std::unique_ptr<adapter::adapter>(agent::observer& watcher)>;
  opener open;

  std::vector<opener> other_pools;        ///< with target_scope::whole_master
  std::vector<std::string> out_of_reach;  ///< and why others of its pools cannot be reached

  bool found = false;                    ///< it was not named, and other php-fpm may be meant as well
  std::vector<std::string> directories;  ///< that its pools' configurations name: doc_root, chdir, open_basedir

  std::optional<error> unreachable;  ///< why there is no way
  std::string who;                   ///< and to what: "the pool www of php-fpm 8.1 (master 812)"
  int interrupt_fd = -1;             ///< readable once there is no more time, or a signal came
  bool guessed = false;  ///< nothing was named and nothing was found: it is the port that php-fpm has by default
};

/// The targets of a command, as the command's table has them. Warns of what was found and cannot be reached; with
/// --all, and for target_policy::every_found, that is a target too, or an error where a command works on the whole of
/// every master. Throws error (usage, config).
std::vector<target> find_targets(context& with, int interrupt_fd);

}  // namespace cachetool::cli
