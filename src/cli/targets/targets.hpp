#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "agent/observer.hpp"
#include "cli/output/target_output.hpp"
#include "cli/targets/context.hpp"
#include "cli/targets/find_targets.hpp"

namespace cachetool::cli {

/// Does WORK while SIGINT, SIGTERM, SIGHUP and --deadline make a descriptor readable instead of ending the program; an
/// interruption is reported, and has its own exit code. Throws what WORK throws, and error (timeout).
exit_code while_watched(context& with, std::function<exit_code(signal_watch const&)> const& work);

using target_action = std::function<void(adapter::adapter& php, target_output& out)>;

/// Does ACTION with each PHP that the command line, the config file, the environment or this machine names (a php-fpm,
/// a web site, or php on the command line), as far as the command's target_policy and target_scope go. Several are
/// worked on at the same time, and shown in their order. CSV_COLUMNS follow the column "endpoint" in CSV; nothing for a
/// command that takes no --format, or has its own. An error ends one target, not the others. Returns the largest exit
/// code; an interruption is reported and has its own. Throws error (usage, config).
exit_code for_each_target(context& with, std::optional<std::vector<std::string>> csv_columns,
                          target_action const& action);

/// Shows one report; called for each address of the master. POOL listens there; empty where that is not known.
using report_view = std::function<void(target_output& out, std::string const& pool)>;

/// Does something with one master, and returns how its report is shown. STREAMS are for what is said meanwhile.
using master_action = std::function<report_view(adapter::adapter& php, console& streams)>;

/// As for_each_target(), for what must not be done twice: of several addresses that lead to one master, which are
/// usually its pools, ACTION works on the first, and its report is shown for each.
exit_code for_each_master(context& with, std::optional<std::vector<std::string>> csv_columns,
                          master_action const& action);

/// A php-fpm with the ways to all its pools.
struct reached_master {
  std::vector<adapter::adapter*> pools;   ///< at least one
  std::vector<std::string> out_of_reach;  ///< why others of its pools cannot be reached
  std::size_t masters = 1;                ///< how many are worked on at the same time
  int interrupt_fd = -1;                  ///< readable once there is no more time, or a signal came
  console& streams;                       ///< for what is said meanwhile
  bool is_examined = false;               ///< the error that ACTION throws tells its cause already

  /// With what the pool that it came from can tell of its cause.
  [[nodiscard]] error examined(error const& failed) const;
};

enum class meeting : std::uint8_t {
  never,       ///< the masters are worked on as threads are to be had
  all_at_once  ///< ACTION waits for the other masters: there is a thread for each, or nothing is begun
};

/// As for_each_master(), for commands with target_scope::whole_master.
exit_code for_each_whole_master(context& with, std::optional<std::vector<std::string>> csv_columns,
                                std::function<report_view(reached_master& master)> const& action,
                                meeting where = meeting::never);

/// Goes to one target that nothing was opened of yet.
using target_visit = std::function<void(target const& whom, agent::observer& log, target_output& out)>;

/// As for_each_target(), for a command that tells itself how far one gets with each: also with those that cannot be
/// reached.
exit_code visit_each_target(context& with, std::optional<std::vector<std::string>> csv_columns,
                            target_visit const& visit);

/// Who answered, with the pool of the address that it is shown for.
origin as_of_pool(origin from, std::string const& pool);

}  // namespace cachetool::cli
