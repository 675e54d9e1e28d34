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
  /// An address that leads to it, and the pool that listens there; the pool is empty if unknown.
  struct address {
    std::string label;
    std::string pool;
  };

  std::vector<address> addresses;  ///< at least one

  std::optional<fastcgi::endpoint> where;  ///< the first address, if it is a php-fpm's

  /// Makes the adapter for it. The observer must outlive the adapter.
  using opener = std::function<std::unique_ptr<adapter::adapter>(agent::observer& watcher)>;
  opener open;

  /// Makes one for another pool of the same master; empty if it is no php-fpm.
  std::function<std::unique_ptr<adapter::adapter>(fastcgi::endpoint const& where, agent::observer& watcher)> open_pool;

  std::vector<opener> other_pools;        ///< with target_scope::whole_master
  std::vector<std::string> out_of_reach;  ///< why others of its pools cannot be reached
  pid_t master = 0;                       ///< of all of them; 0 if unknown

  bool found = false;                    ///< it was found, not named, so other php-fpm may be meant as well
  std::vector<std::string> directories;  ///< named in its pools' configurations: doc_root, chdir, open_basedir

  std::optional<error> unreachable;  ///< set if it cannot be reached, and why
  std::string who;                   ///< what cannot be reached: "the pool www of php-fpm 8.1 (master 812)"
  int interrupt_fd = -1;             ///< readable once time is over or a signal came
  bool guessed = false;              ///< nothing was named and nothing was found: this is php-fpm's default port
};

/// Finds the targets of a command, as the command's table asks for them, for work on that scope. Warns of what was
/// found but cannot be reached. With --all, and for target_policy::every_found, that is a target, too; it is an error
/// if the command works on the whole of every master. Throws error (usage, config).
std::vector<target> find_targets(context& with, target_scope scope, int interrupt_fd);

}  // namespace cachetool::cli
