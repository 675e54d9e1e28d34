#pragma once

#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

#include "cli/line/option_spec.hpp"
#include "cli/settings/narrowing.hpp"
#include "fpm/master.hpp"

namespace cachetool::cli {

/// A pool that was found but cannot be reached.
struct left_out {
  std::string who;    ///< "the pool www of php-fpm 8.1 (master 812)"
  std::string where;  ///< its address; empty if unknown
  std::string pool;
  error why;
};

/// One php-fpm, or one of its pools, to work on.
struct selected_target {
  fastcgi::endpoint where;
  std::vector<fastcgi::endpoint> others;   ///< with target_scope::whole_master: its other pools
  std::vector<left_out> out_of_reach;      ///< those of them that cannot be reached
  pid_t master = 0;                        ///< with target_scope::whole_master; 0 if it runs in a container
  std::vector<std::string> directories{};  ///< named in its pools' configurations: doc_root, chdir, open_basedir
};

struct target_selection {
  std::vector<selected_target> targets;
  std::vector<left_out> missing;
};

/// Chooses from what runs on this machine, by a command's policy and the scope of its work. If nothing is named, only
/// this system's own php-fpm are meant, those of root or of `caller` (fpm::is_own()). --pool and --php mean others only
/// if they match none of these. --all means all. Throws error (usage) if that is ambiguous, or nothing that runs is
/// meant.
target_selection select(std::vector<fpm::master> const& found, narrowing const& narrowed, target_policy policy,
                        target_scope scope, uid_t caller = ::geteuid());

/// Says why a command does not mean a master that is not this system's own, and how it would: "php-fpm 8.2 (master 812)
/// runs in a container: name it, --fcgi=...". Nothing if the master is this system's own.
std::optional<std::string> why_not_meant(fpm::master const& master, uid_t caller = ::geteuid());

/// All pools of a master; `first` is the address of one of them.
selected_target whole_master(fpm::master const& master, fastcgi::endpoint const& first);

/// True if the user means this php-fpm's version: "8.2" and "82" mean "8.2.36".
bool means_version(std::string const& wanted, std::string const& version);

}  // namespace cachetool::cli
