#include "cli/deploy_commands.hpp"

#include <filesystem>
#include <memory>
#include <mutex>

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

// This machine may see other paths than php-fpm does: then the release that runs tells what to compile.
opcache::warm_options warm_options(context const& with, std::string const& release) {
  opcache::warm_options options;
  options.like_running = !with.given.given("every-file");
  if (std::filesystem::is_directory(release)) {
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
              for (deploy::release const& old : report.old) {
                if (!report.reset && old.scripts > 0) out.line(report.from, leftover_text(old, current));
              }
            }},
           remarks(report));
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
    if (script.what != opcache::warmed_script::outcome::failed) continue;
    throw error(error_kind::php_error, script.path + " does not compile, so nothing was switched: " + script.why)
        .advise("mend it, or see all with cachetool deploy:warm " + report.release + " -v");
  }
}

struct switch_plan {
  std::string release;  // its real name
  opcache::warm_options warm;
  deploy::site_link link;
  deploy::finish_options finish;
};

switch_plan plan_switch(context const& with) {
  deploy::finish_options finish = finish_options(with);
  std::string const release = real_directory(with.line.arguments[1]);
  opcache::warm_options warm = warm_options(with, release);
  warm.links.push_back(finish.current);
  return {release, std::move(warm), deploy::site_link(finish.current), std::move(finish)};
}

// Only a file that the running release uses stops a switch: a release has files that no PHP was meant to run.
void warm_up(reached_master& master, switch_plan const& plan) {
  adapter::adapter& php = *master.pools.front();
  deploy::site const seen = deploy::look(php, plan.finish.current);
  require_same_site(seen, plan.link, plan.finish.current);
  if (!seen.has_opcache || seen.live == plan.release) return;
  if (master.masters > 1 && seen.live_scripts == 0) return;  // this one serves another site
  auto const report = opcache::warm(php, plan.release, plan.warm, progress_of(master, "compiled"));
  if (plan.warm.like_running && seen.live_scripts > 0) require_compiled(report);
  deploy::acquaint_workers(master.pools, acquaintance);
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
  return for_each_whole_master(with, finish_columns(), [&](reached_master& master) -> report_view {
    std::call_once(made, [&] {
      gate = std::make_unique<switch_gate>(master.masters, [&plan] { plan.link.lead_to(plan.release); });
    });
    switch_gate::ticket ticket(*gate);
    warm_up(master, plan);
    ticket.pass();
    auto const tell = progress_of(master, "moved");
    return [&plan, report = deploy::finish(master.pools, master.out_of_reach, plan.finish, tell)](
               target_output& out, std::string const&) { show(out, report, plan.finish.current); };
  });
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
