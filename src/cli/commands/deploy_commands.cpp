#include "cli/commands/deploy_commands.hpp"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "cli/commands/deploy_view.hpp"
#include "cli/commands/finish_links_view.hpp"
#include "cli/commands/warm_view.hpp"
#include "cli/output/progress.hpp"
#include "cli/output/unforeseen.hpp"
#include "cli/settings/paths.hpp"
#include "cli/targets/switch_gate.hpp"
#include "cli/targets/targets.hpp"
#include "releases/acquaint.hpp"
#include "releases/deployment.hpp"
#include "releases/finish.hpp"
#include "releases/graceful.hpp"
#include "releases/release_files.hpp"
#include "releases/switched_links.hpp"
#include "releases/warm.hpp"

namespace cachetool::cli {
namespace {

// This machine may see other paths than php-fpm; then the running release tells what to compile.
releases::warm_options warm_options(context const& with, std::string const& release) {
  releases::warm_options options;
  options.like_running = !with.given.given("every-file");
  std::error_code failed;
  bool const is_here = std::filesystem::is_directory(release, failed) || failed == std::errc::permission_denied;
  bool const is_readable = access(release.c_str(), R_OK | X_OK) == 0;
  if (is_here && (is_readable || !options.like_running)) options.files = releases::files_of(release);
  if (auto const pace = with.given.count("pace")) options.pace = opcache::pacing::of(std::chrono::milliseconds{*pace});
  return options;
}

releases::finish_options finish_options(context const& with) {
  releases::finish_options options;
  options.current = absolute_name(with.line.arguments.front());
  for (auto const& path : with.given.all("old")) options.old.push_back(absolute_name(path.value_or("")));
  options.patience = with.given.seconds("deadline").value_or(options.patience);
  options.fall_back = with.given.flag("no-fallback") == 0;
  return options;
}

void ask_where_names_lead(adapter::adapter& php, releases::finish_options& options) {
  try {
    options.led_to = releases::earlier_targets(php, options.current, options.patience / 2);
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    options.led_to_unknown = failed.message();
  }
}

opcache::progress progress_of(reached_master const& master, std::string what) {
  return progress_on(master.streams, *master.pools.front(), std::move(what));
}

void show_text(target_output& out, releases::finish_report const& report, std::string const& current,
               std::string const& before = {}) {
  out.line(report.from, before + finish_text(report));
  for (std::string const& path : report.left_alone) out.line(report.from, left_alone_text(path));
  for (releases::release const& old : report.old) {
    if (!report.reset && old.scripts > 0) out.line(report.from, leftover_text(old, current));
  }
}

void show(target_output& out, releases::finish_report const& report, std::string const& current,
          std::optional<releases::warm_report> const& warmed = std::nullopt) {
  out.show(report.from,
           {[&](report::json_writer& json) { write_json(json, report); },
            [&] { return target_output::csv_table{report::texts(fields(report))}; },
            [&] {
              if (warmed) out.line(report.from, warm_text(*warmed));
              show_text(out, report, current);
            }},
           remarks(report), failure(report));
}

std::vector<std::string> finish_columns() {
  return report::names(fields(releases::finish_report()));
}

std::string real_directory(std::string const& path) {
  std::error_code failed;
  std::filesystem::path const real = std::filesystem::canonical(absolute_name(path), failed);
  if (failed || !std::filesystem::is_directory(real)) {
    throw error(error_kind::usage, "the release " + path + " is no directory here")
        .advise("name the directory that is to be live");
  }
  return real.string();
}

releases::deployment deployment_for(context const& with) {
  std::optional<base::time_point> until;
  if (auto const deadline = with.given.seconds("deadline")) until = base::after(*deadline);
  std::string const release = real_directory(with.line.arguments[1]);
  return {release, warm_options(with, release), finish_options(with), until};
}

// Returns done, or the code that the command is to end with.
exit_code await_turn(context& with, releases::deployment& work) {
  std::string waited_for;
  exit_code const code = while_watched(with, [&](signal_watch const& watch) {
    auto const tell = [&](std::string const& holder) {
      waited_for = holder + ", which works on a link beside " + work.link().path();
      with.out.hint("waiting for " + waited_for);
    };
    work.lock(tell, watch.fd());
    return exit_code::done;
  });
  if (code > exit_code::interrupted_by) {
    with.out.error_line("nothing was switched; this deployment waited for " + waited_for);
  }
  return code;
}

// Once the link has moved, every error has to say so.
error with_moved_link(reached_master& master, releases::deployment const& work, error const& failed) {
  if (failed.kind() == error_kind::interrupted || !work.has_switched()) return failed;
  master.is_examined = true;
  return work.told(master.examined(failed));
}

releases::finish_report switch_and_finish(reached_master& master, releases::deployment const& work,
                                          releases::served_by const& php, releases::prepared& ready,
                                          switch_gate::ticket& ticket) {
  try {
    ticket.pass();
    return work.finish(php, ready, progress_of(master, "moved"));
  } catch (error const& failed) {
    throw with_moved_link(master, work, failed);
  } catch (std::exception const& failed) {
    throw with_moved_link(master, work, unforeseen(failed));
  }
}

exit_code show_forecast(context& with, releases::deployment const& work, std::string const& current) {
  return for_each_whole_master(with, finish_columns(), [&](reached_master& master) -> report_view {
    return [&current, forecast = work.foresee(*master.pools.front())](target_output& out, std::string const&) {
      out.show(forecast.from,
               {[&](report::json_writer& json) { write_json(json, forecast); },
                [&] { return target_output::csv_table{report::texts(fields(forecast))}; },
                [&] { out.line(forecast.from, forecast_text(forecast, current)); }},
               {}, std::nullopt);
    };
  });
}

releases::graceful_options only_links(context const& with) {
  if (with.given.given("old")) {
    throw error(error_kind::usage, "--old belongs to a link: name it, deploy:finish CURRENT --old=DIR");
  }
  releases::graceful_options options;
  options.only_links = true;
  options.patience = with.given.seconds("deadline").value_or(options.patience);
  options.fall_back = with.given.flag("no-fallback") == 0;
  return options;
}

void show_links(target_output& out, releases::graceful_report const& report) {
  out.show(report.from,
           {[&](report::json_writer& json) { write_links(json, report); }, [&] { return link_rows(report); },
            [&] {
              if (report.links.empty()) out.line(report.from, no_links_text(report));
              for (releases::followed_link const& each : report.links) {
                show_text(out, each.finished, each.link.path, each.link.path + ": ");
              }
            }},
           link_remarks(report), link_failure(report));
}

exit_code finish_switched(context& with) {
  releases::graceful_options const options = only_links(with);
  return for_each_whole_master(with, link_columns(), [&](reached_master& master) -> report_view {
    releases::served_by const php{master.pools, master.out_of_reach, master.masters == 1};
    auto const tell = [&](std::string const& word) { return progress_of(master, word); };
    return [report = releases::bring_up_to_date(php, options, tell)](target_output& out, std::string const&) {
      show_links(out, report);
    };
  });
}

}  // namespace

exit_code deploy_finish(context& with) {
  if (with.line.arguments.empty()) return finish_switched(with);
  releases::finish_options const options = finish_options(with);
  return for_each_whole_master(with, finish_columns(), [&](reached_master& master) -> report_view {
    releases::finish_options mine = options;
    if (mine.old.empty()) ask_where_names_lead(*master.pools.front(), mine);
    auto const tell = progress_of(master, "moved");
    return [&options, report = releases::finish(master.pools, master.out_of_reach, mine, tell)](
               target_output& out, std::string const&) { show(out, report, options.current); };
  });
}

exit_code deploy_switch(context& with) {
  releases::deployment work = deployment_for(with);
  std::string const current = work.link().path();
  if (with.given.given("dry-run")) {
    work.use_record();
    return show_forecast(with, work, current);
  }
  if (exit_code const code = await_turn(with, work); code != exit_code::done) return code;
  std::unique_ptr<switch_gate> gate;
  std::once_flag made;
  exit_code const code = for_each_whole_master(
      with, finish_columns(),
      [&](reached_master& master) -> report_view {
        std::call_once(made, [&] {
          gate = std::make_unique<switch_gate>(
              master.masters, [&work] { work.switch_link(); }, master.interrupt_fd);
        });
        switch_gate::ticket ticket(*gate);
        releases::served_by const php{master.pools, master.out_of_reach, master.masters == 1};
        releases::prepared ready = work.prepare(php, progress_of(master, "compiled"));
        auto report = switch_and_finish(master, work, php, ready, ticket);
        if (php.alone) work.remember(*master.pools.front(), ready, report);
        return [&current, ready = std::move(ready), report = std::move(report)](
                   target_output& out, std::string const&) { show(out, report, current, ready.warmed); };
      },
      meeting::all_at_once);
  if (work.has_switched() && code > exit_code::interrupted_by) with.out.error_line(work.unfinished());
  return code;
}

exit_code deploy_warm(context& with) {
  std::string const release = absolute_path(with.line.arguments.front());
  releases::warm_options const options = warm_options(with, release);
  return for_each_target(with, outcome_view::csv_columns(), [&](adapter::adapter& php, target_output& out) {
    auto const report = releases::warm(php, release, options, progress_on(out.streams(), php, "compiled"));
    constexpr std::chrono::seconds acquaintance{15};  // for workers to look at what was compiled
    adapter::adapter* const only = &php;
    releases::acquaint_workers({&only, 1}, acquaintance);
    out.show(
        report.from,
        {[&](report::json_writer& json) { write_json(json, report); }, [&] { return scripts_of(report).csv_rows(); },
         [&] {
           if (with.given.flag("verbose") > 0) out.table(scripts_of(report).table());
           out.line(report.from, warm_text(report));
         }},
        scripts_of(report).remarks(), failure(report));
  });
}

}  // namespace cachetool::cli
