#include "cli/deploy_commands.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "caches/acquaint.hpp"
#include "caches/find_scripts.hpp"
#include "caches/release.hpp"
#include "caches/site_link.hpp"
#include "caches/warm.hpp"
#include "cli/deploy_view.hpp"
#include "cli/paths.hpp"
#include "cli/progress.hpp"
#include "cli/switch_gate.hpp"
#include "cli/targets.hpp"
#include "cli/warm_view.hpp"

namespace cachetool::cli {
namespace {

namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

// This machine may see other paths than php-fpm does: then the release that runs tells what to compile.
opcache::warm_options warm_options(context const& with, std::string const& release) {
  opcache::warm_options options;
  options.like_running = !with.given.given("every-file");
  std::error_code failed;
  bool const is_here = fs::is_directory(release, failed) || failed == std::errc::permission_denied;
  bool const is_readable = access(release.c_str(), R_OK | X_OK) == 0;
  if (is_here && (is_readable || !options.like_running)) {
    for (opcache::script_file& file : opcache::find_scripts(release, {})) options.files.push_back(std::move(file.path));
  }
  if (auto const pace = with.given.count("pace")) options.pace.pause = std::chrono::milliseconds{*pace};
  return options;
}

constexpr std::chrono::seconds acquaintance{15};  // for workers to look at what was compiled

deploy::finish_options finish_options(context const& with) {
  deploy::finish_options options;
  options.current = absolute_name(with.line.arguments.front());
  for (auto const& path : with.given.all("old")) options.old.push_back(absolute_name(path.value_or("")));
  options.patience = with.given.seconds("deadline").value_or(options.patience);
  options.fall_back = with.given.flag("no-fallback") == 0;
  return options;
}

opcache::progress progress_of(reached_master const& master, std::string what) {
  return progress_on(master.streams, *master.pools.front(), std::move(what));
}

void show(target_output& out, deploy::finish_report const& report, std::string const& current) {
  out.show(report.from,
           {[&](report::json_writer& json) { write_json(json, report); },
            [&] { return target_output::csv_table{csv_fields(report)}; },
            [&] {
              out.line(report.from, finish_text(report));
              for (std::string const& path : report.left_alone) out.line(report.from, left_alone_text(path));
              for (deploy::release const& old : report.old) {
                if (!report.reset && old.scripts > 0) out.line(report.from, leftover_text(old, current));
              }
            }},
           remarks(report), failure(report));
}

std::string real_directory(std::string const& path) {
  std::error_code failed;
  fs::path const real = fs::canonical(absolute_name(path), failed);
  if (failed || !fs::is_directory(real)) {
    throw error(error_kind::usage, "the release " + path + " is no directory here")
        .advise("name the directory that is to be live");
  }
  return real.string();
}

// What php-fpm sees at the link must be what is switched here.
void require_same_site(deploy::site const& seen, deploy::site_link const& link, std::string const& current) {
  std::string const here = link.target();
  if (seen.live == here) return;
  throw error(error_kind::not_found, current + " leads to " + (here.empty() ? "nothing" : here) + " here, and to " +
                                         (seen.live.empty() ? "nothing" : seen.live) +
                                         " for php-fpm; nothing was switched")
      .advise("switch the link where php-fpm runs, and call deploy:finish with the path that php-fpm sees");
}

void require_compiled(opcache::warm_report const& report) {
  for (opcache::warmed_script const& script : report.scripts) {
    if (!script.in_use || script.what != opcache::warmed_script::outcome::failed) continue;
    throw error(error_kind::php_error, script.path + " does not compile, so nothing was switched: " + script.why)
        .advise("mend it, or see all with cachetool deploy:warm " + report.release + " -v");
  }
}

struct switch_plan {
  std::string release;  // its real name
  opcache::warm_options warm;
  deploy::site_link link;
  deploy::finish_options finish;
  std::optional<clock::time_point> until;  // --deadline, which bounds the whole

  /// Of the deadline; without one, what finishing may take.
  [[nodiscard]] std::chrono::milliseconds left() const {
    if (!until) return finish.patience;
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(*until - clock::now()), std::chrono::milliseconds{0});
  }

  [[nodiscard]] deploy::finish_options finish_after(std::string replaced) const {
    deploy::finish_options options = finish;
    options.replaced = std::move(replaced);
    options.patience = left();
    return options;
  }
};

switch_plan plan_switch(context const& with) {
  std::optional<clock::time_point> until;
  if (auto const deadline = with.given.seconds("deadline")) until = clock::now() + *deadline;
  deploy::finish_options finish = finish_options(with);
  std::string const release = real_directory(with.line.arguments[1]);
  opcache::warm_options warm = warm_options(with, release);
  warm.links.push_back(finish.current);
  return {release, std::move(warm), deploy::site_link(finish.current), std::move(finish), until};
}

void require_no_restart(deploy::site const& seen) {
  if (!seen.restart_pending) return;
  throw error(error_kind::pending, "a restart of OPcache is pending, so nothing was compiled, and nothing switched")
      .advise("try again when the running requests have ended; cachetool opcache:reset --wait waits for it");
}

void require_time(switch_plan const& plan) {
  if (plan.left().count() > 0) return;
  throw error(error_kind::timeout, "the deadline was over before the link was switched; nothing was switched")
      .advise("give it more time; what was compiled is ready for the next try");
}

// Only a file that the running release uses stops a switch: a release has files that no PHP was meant to run.
void warm_up(reached_master& master, switch_plan const& plan, deploy::site const& seen) {
  adapter::adapter& php = *master.pools.front();
  if (!seen.has_opcache || seen.live == plan.release) return;
  if (master.masters > 1 && seen.live_scripts == 0) return;  // this one serves another site
  opcache::warm_options warm = plan.warm;
  warm.running = seen.live;
  auto const report = opcache::warm(php, plan.release, warm, progress_of(master, "compiled"));
  require_compiled(report);
  deploy::acquaint_workers(master.pools, std::min<std::chrono::milliseconds>(acquaintance, plan.left() / 2));
}

}  // namespace

exit_code deploy_finish(context& with) {
  deploy::finish_options const options = finish_options(with);
  return for_each_whole_master(with, finish_columns(), [&](reached_master& master) -> report_view {
    auto const tell = progress_of(master, "moved");
    return [&options, report = deploy::finish(master.pools, master.out_of_reach, options, tell)](
               target_output& out, std::string const&) { show(out, report, options.current); };
  });
}

exit_code deploy_switch(context& with) {
  switch_plan const plan = plan_switch(with);
  std::unique_ptr<switch_gate> gate;
  std::once_flag made;
  return for_each_whole_master(
      with, finish_columns(),
      [&](reached_master& master) -> report_view {
        std::call_once(made, [&] {
          gate = std::make_unique<switch_gate>(
              master.masters, [&plan] { plan.link.lead_to(plan.release); }, master.interrupt_fd);
        });
        switch_gate::ticket ticket(*gate);
        deploy::site const seen = deploy::look(*master.pools.front(), plan.finish.current);
        require_same_site(seen, plan.link, plan.finish.current);
        require_no_restart(seen);
        warm_up(master, plan, seen);
        require_time(plan);
        ticket.pass();
        auto const finishing = plan.finish_after(seen.live);
        return [&plan,
                report = deploy::finish(master.pools, master.out_of_reach, finishing, progress_of(master, "moved"))](
                   target_output& out, std::string const&) { show(out, report, plan.finish.current); };
      },
      meeting::all_at_once);
}

exit_code deploy_warm(context& with) {
  std::string const release = absolute_path(with.line.arguments.front());
  opcache::warm_options const options = warm_options(with, release);
  return for_each_target(with, outcome_view::csv_columns(), [&](adapter::adapter& php, target_output& out) {
    auto const report = opcache::warm(php, release, options, progress_on(out.streams(), php, "compiled"));
    adapter::adapter* const only = &php;
    deploy::acquaint_workers({&only, 1}, acquaintance);
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
