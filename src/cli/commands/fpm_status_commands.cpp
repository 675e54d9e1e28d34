#include "cli/commands/fpm_status_commands.hpp"

#include "caches/pool_status.hpp"
#include "caches/realpath_cache.hpp"
#include "cli/commands/fpm_status_view.hpp"
#include "cli/targets/targets.hpp"
#include "fpm/who_listens.hpp"

namespace cachetool::cli {
namespace {

using status_view = std::function<void(fpm::pool_status const& status, target_output& out)>;

fpm::pool_status read_from(target const& whom, agent::observer& log, bool with_workers) {
  if (whom.unreachable) throw *whom.unreachable;
  auto const host = whom.where ? fpm::who_listens(*whom.where, {.interrupt_fd = whom.interrupt_fd}) : std::nullopt;
  auto const php = whom.open(log);
  try {
    if (!host) realpath_cache::read_size(*php);  // if nobody answers, that is what has to be told
    return fpm::read_pool_status(*php, host, with_workers);
  } catch (error const& failed) {
    throw php->examined(failed);
  }
}

exit_code show_each_status(context& with, std::vector<std::string> columns, bool with_workers,
                           status_view const& show) {
  return visit_each_target(with, std::move(columns), [&](target const& whom, agent::observer& log, target_output& out) {
    show(read_from(whom, log, with_workers), out);
  });
}

}  // namespace

exit_code fpm_status(context& with) {
  auto columns = report::names(fields(fpm::pool_status()));
  return show_each_status(with, std::move(columns), false, [](fpm::pool_status const& status, target_output& out) {
    out.show(status.from, fields(status), [&] {
      out.heading(status.from);
      out.table(pool_status_table(status));
    });
  });
}

exit_code fpm_workers(context& with) {
  auto columns = report::names(fields(fpm::worker_status()));
  return show_each_status(with, std::move(columns), true, [](fpm::pool_status const& status, target_output& out) {
    report::table table = workers_table();
    show_rows<fpm::worker_status>(
        out, "workers", fields,
        [&](auto const& each) {
          for (fpm::worker_status const& worker : status.each) each(worker);
          return status.from;
        },
        [&](fpm::worker_status const& worker) { add_row(table, worker); },
        [&](origin const& from) {
          out.heading(from);
          out.table(table);
        });
  });
}

}  // namespace cachetool::cli
