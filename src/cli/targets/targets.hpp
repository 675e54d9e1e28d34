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

/// Does `work` while SIGINT, SIGTERM, SIGHUP and --deadline make a descriptor readable instead of ending the program.
/// Reports an interruption, which has its own exit code. Throws what `work` throws, and error (timeout).
exit_code while_watched(context& with, std::function<exit_code(signal_watch const&)> const& work);

using target_action = std::function<void(adapter::adapter& php, target_output& out)>;

/// Does `action` with each PHP that the command line, the config file, the environment or this machine names (a
/// php-fpm, a web site, or php on the command line), by the command's target_policy and target_scope. Works on several
/// at the same time, and shows them in order. In CSV the column "endpoint" comes before `csv_columns`; pass nothing for
/// a command that takes no --format, or writes its own. An error ends one target, not the others. Returns the largest
/// exit code; an interruption is reported and has its own. Throws error (usage, config).
exit_code for_each_target(context& with, std::optional<std::vector<std::string>> csv_columns,
                          target_action const& action);

/// Shows one report. Called for each address of the master, with the pool that listens there; empty if unknown.
using report_view = std::function<void(target_output& out, std::string const& pool)>;

/// Does something with one master, and returns a function that shows its report. Messages in between go to `streams`.
using master_action = std::function<report_view(adapter::adapter& php, console& streams)>;

/// Like for_each_target(), but for what must not be done twice. If several addresses lead to one master (usually to its
/// pools), `action` works on the first, and its report is shown for each.
exit_code for_each_master(context& with, std::optional<std::vector<std::string>> csv_columns,
                          master_action const& action);

/// A php-fpm with adapters to all its pools.
struct reached_master {
  std::vector<adapter::adapter*> pools;   ///< at least one
  std::vector<std::string> out_of_reach;  ///< why others of its pools cannot be reached
  std::size_t masters = 1;                ///< how many are worked on at the same time
  int interrupt_fd = -1;                  ///< readable once time is over or a signal came
  console& streams;                       ///< for messages in between
  bool is_examined = false;               ///< the error that the action throws tells its cause already
  pid_t master = 0;                       ///< its pid, if the process table of this machine shows it

  /// The error, with what the pool whose call failed can tell of its cause. That is the first pool if it is not known.
  [[nodiscard]] error examined(error const& failed) const;
};

enum class meeting : std::uint8_t {
  never,       ///< as many masters at a time as there are threads
  all_at_once  ///< the action waits for the other masters: each has a thread, or nothing begins
};

/// Like for_each_master(), with target_scope::whole_master, whatever the table says of the command.
exit_code for_each_whole_master(context& with, std::optional<std::vector<std::string>> csv_columns,
                                std::function<report_view(reached_master& master)> const& action,
                                meeting where = meeting::never);

/// Goes to one target, which nothing was opened for yet.
using target_visit = std::function<void(target const& whom, agent::observer& log, target_output& out)>;

/// Like for_each_target(), for a command that tells itself how far it gets with each target, including those that
/// cannot be reached.
exit_code visit_each_target(context& with, std::optional<std::vector<std::string>> csv_columns,
                            target_visit const& visit);

/// Names the pool of the address that the answer is shown for.
origin as_of_pool(origin from, std::string const& pool);

}  // namespace cachetool::cli
