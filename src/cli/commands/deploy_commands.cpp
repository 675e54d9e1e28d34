#include "cli/commands/deploy_commands.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "caches/find_scripts.hpp"
#include "caches/selection.hpp"
#include "cli/commands/deploy_view.hpp"
#include "cli/commands/warm_view.hpp"
#include "cli/output/progress.hpp"
#include "cli/output/unforeseen.hpp"
#include "cli/settings/paths.hpp"
#include "cli/targets/switch_gate.hpp"
#include "cli/targets/targets.hpp"
#include "releases/acquaint.hpp"
#include "releases/known_contents.hpp"
#include "releases/finish.hpp"
#include "releases/site_link.hpp"
#include "releases/site_record.hpp"
#include "releases/warm.hpp"
#include "releases/young_files.hpp"

namespace cachetool::cli {
namespace {

namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

// "#!": a program of its own, which no page includes. What is no file, but a device for instance, is not opened, also
// if it has taken the place of one.
bool is_for_the_shell(std::string const& path) {
  base::unique_fd const held(open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat info {};
  if (!held || fstat(held.get(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  base::unique_fd const file(
      open(("/proc/self/fd/" + std::to_string(held.get())).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  std::array<char, 2> first{};
  return file && read(file.get(), first.data(), first.size()) == 2 && first[0] == '#' && first[1] == '!';
}

// This machine may see other paths than php-fpm does: then the release that runs tells what to compile.
releases::warm_options warm_options(context const& with, std::string const& release) {
  releases::warm_options options;
  options.like_running = !with.given.given("every-file");
  std::error_code failed;
  bool const is_here = fs::is_directory(release, failed) || failed == std::errc::permission_denied;
  bool const is_readable = access(release.c_str(), R_OK | X_OK) == 0;
  if (is_here && (is_readable || !options.like_running)) {
    for (opcache::script_file& file : opcache::find_scripts(release, {})) {
      if (!is_for_the_shell(file.path)) options.files.push_back(std::move(file.path));
    }
  }
  auto const pace = with.given.count("pace");
  if (pace) options.pace.pause = std::chrono::milliseconds{*pace};
  options.adapts = !pace;
  return options;
}

constexpr std::chrono::seconds acquaintance{15};  // for workers to look at what was compiled

releases::finish_options finish_options(context const& with) {
  releases::finish_options options;
  options.current = absolute_name(with.line.arguments.front());
  for (auto const& path : with.given.all("old")) options.old.push_back(absolute_name(path.value_or("")));
  options.patience = with.given.seconds("deadline").value_or(options.patience);
  options.fall_back = with.given.flag("no-fallback") == 0;
  return options;
}

opcache::progress progress_of(reached_master const& master, std::string what) {
  return progress_on(master.streams, *master.pools.front(), std::move(what));
}

void show(target_output& out, releases::finish_report const& report, std::string const& current,
          std::optional<releases::warm_report> const& warmed = std::nullopt) {
  out.show(report.from,
           {[&](report::json_writer& json) { write_json(json, report); },
            [&] { return target_output::csv_table{report::texts(fields(report))}; },
            [&] {
              if (warmed) out.line(report.from, warm_text(*warmed));
              out.line(report.from, finish_text(report));
              for (std::string const& path : report.left_alone) out.line(report.from, left_alone_text(path));
              for (releases::release const& old : report.old) {
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
void require_same_site(releases::site const& seen, releases::site_link const& link, std::string const& current) {
  std::string const here = link.target();
  if (seen.live == here) return;
  throw error(error_kind::not_found, current + " leads to " + (here.empty() ? "nothing" : here) + " here, and to " +
                                         (seen.live.empty() ? "nothing" : seen.live) +
                                         " for php-fpm; nothing was switched")
      .advise("switch the link where php-fpm runs, and call deploy:finish with the path that php-fpm sees");
}

void require_compiled(releases::warm_report const& report) {
  for (releases::warmed_script const& script : report.scripts) {
    if (!script.in_use || script.what != releases::warmed_script::outcome::failed) continue;
    throw error(error_kind::php_error, script.path + " does not compile, so nothing was switched: " + script.why)
        .advise("mend it, or see all with cachetool deploy:warm " + base::shell_word(report.release) + " -v");
  }
}

struct switch_plan {
  std::string release;        // its real name
  releases::identity itself;  // of the release's directory
  releases::warm_options warm;
  releases::site_link link;
  releases::site_record record;                    // beside the link
  std::vector<releases::known_contents> contents;  // beside the link, too
  releases::finish_options finish;
  std::optional<clock::time_point> until;  // --deadline, which bounds the whole
  bool moved = false;                      // the link leads to the release

  /// Of the deadline; without one, what finishing may take.
  [[nodiscard]] std::chrono::milliseconds left() const {
    if (!until) return finish.patience;
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(*until - clock::now()), std::chrono::milliseconds{0});
  }

  [[nodiscard]] releases::finish_options finish_after(std::string replaced) const {
    releases::finish_options options = finish;
    options.replaced = std::move(replaced);
    options.patience = left();
    return options;
  }
};

std::string parent_of(std::string const& path) {
  return fs::path(path).parent_path().string();
}

std::function<bool(std::string const& path)> unchanged_since(releases::site_record const& record,
                                                             std::string const& directory) {
  releases::verified const* const known = record.find(directory);
  return releases::unchanged_since(known != nullptr ? *known : releases::verified());
}

std::optional<releases::known_contents> contents_of(std::vector<releases::known_contents> const& all,
                                                    std::string const& directory) {
  auto const found = std::find_if(all.begin(), all.end(),
                                  [&](releases::known_contents const& each) { return each.directory == directory; });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

// A release that was live before is known by what was kept when it ceased to be, a site's other directories by what was
// kept when they were looked at last.
void use_record(switch_plan& plan) {
  plan.record = releases::site_record::read(plan.link.directory(), plan.link.name());
  plan.contents = releases::read_contents(plan.link.directory(), plan.link.name());
  plan.warm.known = {plan.itself, unchanged_since(plan.record, plan.release), contents_of(plan.contents, plan.release)};
  if (releases::verified const* const known = plan.record.find(parent_of(plan.finish.current))) {
    plan.finish.unchanged_outside = releases::unchanged_since(*known);
  }
}

releases::identity require_directory(std::string const& release) {
  std::error_code failed;
  releases::verified const found = releases::verified_at(release, 0);
  bool const is_readable = access(release.c_str(), R_OK | X_OK) == 0;
  if (found.path.empty() || (is_readable && fs::is_empty(release, failed) && !failed)) {
    throw error(error_kind::usage,
                "the release " + release + " is empty, or no directory any more; nothing was switched")
        .advise("upload it, and try again");
  }
  return found.itself;
}

switch_plan plan_switch(context const& with) {
  std::optional<clock::time_point> until;
  if (auto const deadline = with.given.seconds("deadline")) until = clock::now() + *deadline;
  releases::finish_options finish = finish_options(with);
  releases::site_link link(finish.current);
  std::string const release = real_directory(with.line.arguments[1]);
  releases::identity const itself = require_directory(release);
  releases::warm_options warm = warm_options(with, release);
  warm.links.push_back(finish.current);
  return {release, itself, std::move(warm), std::move(link), {}, {}, std::move(finish), until};
}

// One deployment at a time, and what was found out before it was this one's turn does not count. Returns done, or what
// the command is to end with.
exit_code await_turn(context& with, switch_plan& plan) {
  std::string waited_for;
  exit_code const code = while_watched(with, [&](signal_watch const& watch) {
    auto const tell = [&](std::string const& holder) {
      waited_for = holder + ", which works on a link beside " + plan.link.path();
      with.out.hint("waiting for " + waited_for);
    };
    plan.link.lock(plan.left(), tell, watch.fd());
    return exit_code::done;
  });
  if (code == exit_code::done) use_record(plan);
  if (code > exit_code::interrupted_by) {
    with.out.error_line("nothing was switched; this deployment waited for " + waited_for);
  }
  return code;
}

// What goes live is what was checked: right before the link is switched, when the new one is there already.
void require_same_release(switch_plan const& plan) {
  if (require_directory(plan.release) == plan.itself) return;
  throw error(error_kind::php_error, plan.release + " is another directory than when this began; nothing was switched")
      .advise("try again when the upload has ended");
}

// Since the link led to it, what is cached of a release is as its files were then: nothing where that is not known.
// Times are compared, so they must be those of one file system.
releases::verified verified_since_link(switch_plan const& plan, std::string const& release, std::int64_t made_at) {
  releases::verified entry = releases::verified_at(release, made_at);
  releases::verified const around = releases::verified_at(parent_of(plan.link.path()), 0);
  return made_at > 0 && entry.itself.device == around.itself.device ? entry : releases::verified();
}

void lead_to_release(switch_plan& plan) {
  std::string const replaced = plan.link.target();
  std::int64_t const since = plan.link.made_at();
  plan.link.lead_to(plan.release, [&plan] { require_same_release(plan); });
  plan.moved = true;
  if (replaced != plan.release) plan.record.set(verified_since_link(plan, replaced, since));
  plan.record.write(plan.link.directory(), plan.link.name());
}

void require_no_restart(releases::site const& seen) {
  if (!seen.restart_pending) return;
  throw error(error_kind::pending, "a restart of OPcache is pending, so nothing was compiled, and nothing switched")
      .advise("try again when the running requests have ended; cachetool opcache:reset --wait waits for it");
}

void require_time(switch_plan const& plan) {
  if (plan.left().count() > 0) return;
  throw error(error_kind::timeout, "the deadline was over before the link was switched; nothing was switched")
      .advise("give it more time; what was compiled is ready for the next try");
}

// The names that are to be moved are compiled once more.
opcache::room room_for_moves(adapter::adapter& php, switch_plan const& plan, releases::site const& seen) {
  opcache::room out;
  if (seen.live.empty()) return out;
  for (releases::aliased_script const& each : releases::scripts_with_aliases(php, plan.finish.current, {seen.live})) {
    out.bytes += each.memory;
  }
  return out;
}

void require_scripts(releases::warm_report const& report) {
  if (report.in_use == 0 || report.missing < report.in_use) return;
  throw error(error_kind::php_error, report.release + " has none of the " + std::to_string(report.in_use) +
                                         " scripts that are in use; nothing was switched")
      .advise("is it complete? name the directory that lies beside " + report.running);
}

void require_unchanged(adapter::adapter& php, releases::warm_report const& report,
                       releases::warm_options const& options) {
  std::vector<std::string> const changed = releases::changed_since(php, report, options);
  if (changed.empty()) return;
  throw error(error_kind::php_error, changed.front() + (changed.size() == 1 ? " has" : " and others have") +
                                         " changed since this began; nothing was switched")
      .advise("try again when the upload has ended");
}

std::string require_fallback(switch_plan const& plan, std::string const& why) {
  if (plan.finish.fall_back) return why;
  throw error(error_kind::timeout, why + "; nothing was switched, because of --no-fallback")
      .advise("without it the link is switched, and OPcache reset");
}

// Before the link is switched, and with a reason to reset OPcache instead where they cannot be.
std::shared_ptr<releases::held_scripts> hold_first_scripts(reached_master& master, switch_plan const& plan,
                                                           releases::site const& seen,
                                                           std::optional<std::string>& why_reset) {
  adapter::adapter& php = *master.pools.front();
  if (why_reset || !seen.has_opcache || !seen.includes_twice || seen.live == plan.release) return nullptr;
  auto const scripts = releases::scripts_with_aliases(php, plan.finish.current, {seen.live});
  if (scripts.empty()) return nullptr;
  std::vector<std::string> next;
  for (releases::aliased_script const& each : scripts) {
    if (each.path.starts_with(seen.live + "/")) next.push_back(plan.release + each.path.substr(seen.live.size()));
  }
  // Who owns the link may have led it anywhere before.
  std::vector<std::string> releases{plan.release};
  if (releases::have_one_owner(seen.live, plan.release)) releases.push_back(seen.live);
  auto held = releases::hold(php, scripts, next, releases, plan.left());
  if (!held) why_reset = require_fallback(plan, releases::cannot_hold(scripts.front().path));
  return held;
}

// Where less than the files in use fit into the cache, a reset after the switch is the better way.
std::optional<std::string> why_no_room(releases::warm_report const& report) {
  for (releases::warmed_script const& script : report.scripts) {
    if (script.in_use && script.what == releases::warmed_script::outcome::no_room) {
      return "OPcache has no room for all scripts of the release";
    }
  }
  return std::nullopt;
}

// A release that was ready was looked at by the workers when it was compiled.
bool is_much_new(releases::warm_report const& report) {
  constexpr std::ptrdiff_t few = 16;
  auto const is_new = [](releases::warmed_script const& script) {
    return script.what == releases::warmed_script::outcome::compiled;
  };
  return std::count_if(report.scripts.begin(), report.scripts.end(), is_new) > few;
}

/// How one php-fpm is to be finished.
struct finishing {
  std::string replaced;
  std::optional<std::string> why_reset;
  std::shared_ptr<releases::held_scripts> held;
  std::optional<releases::warm_report> warmed;
};

std::optional<std::string> try_to_warm(reached_master& master, switch_plan const& plan, releases::site const& seen,
                                       finishing& how) {
  adapter::adapter& php = *master.pools.front();
  releases::warm_options warm = plan.warm;
  warm.running = seen.live;
  warm.reserve = room_for_moves(php, plan, seen);
  auto const& report = how.warmed.emplace(releases::warm(php, plan.release, warm, progress_of(master, "compiled")));
  require_scripts(report);
  require_compiled(report);
  if (auto why = why_no_room(report)) return why;
  if (is_much_new(report)) {
    releases::acquaint_workers(master.pools, std::min<std::chrono::milliseconds>(acquaintance, plan.left() / 2));
  }
  require_unchanged(php, report, warm);
  return std::nullopt;
}

// Only a file that the running release uses stops a switch: a release has files that no PHP was meant to run. Returns
// why OPcache is to be reset after the switch instead of leading names elsewhere.
std::optional<std::string> warm_up(reached_master& master, switch_plan const& plan, releases::site const& seen,
                                   finishing& how) {
  if (!seen.has_opcache || seen.live == plan.release) return std::nullopt;
  if (master.masters > 1 && seen.live_scripts == 0) return std::nullopt;  // this one serves another site
  std::optional<std::string> why;
  try {
    why = try_to_warm(master, plan, seen, how);
  } catch (error const& failed) {
    if (failed.kind() == error_kind::not_found && seen.live_scripts == 0)
      return std::nullopt;  // there is no script yet
    if (failed.kind() != error_kind::memory_limit && failed.kind() != error_kind::disabled) throw;
    why = failed.message();
  }
  return why ? require_fallback(plan, *why) : why;
}

releases::site look_at_rest(adapter::adapter& php, std::string const& current) {
  constexpr int most_looks = 40;
  constexpr std::chrono::milliseconds rest{50};
  releases::site seen = releases::look(php, current);
  for (int i = 0; seen.restart_pending && i < most_looks;
       ++i) {  // a restart lasts no longer than the requests that run
    php.pause(rest);
    seen = releases::look(php, current);
  }
  return seen;
}

// What another deployment does in between is its own success, and not this one's.
error led_elsewhere(switch_plan const& plan) {
  std::string const target = plan.link.target();
  return error(error_kind::php_error, "somebody else has led " + plan.link.path() + " to " +
                                          (target.empty() ? "nothing" : target) + " meanwhile: " + plan.release +
                                          " is not what is served")
      .advise("if it is to be live, deploy it again; if not: cachetool deploy:finish " +
              base::shell_word(plan.link.path()));
}

// What was looked at after the link was made is known the next time.
void remember_outside(switch_plan& plan, releases::finish_report const& report) {
  if (!report.outside.failed.empty() || report.reset) return;
  plan.record.set(releases::verified_at(parent_of(plan.link.path()), plan.link.made_at()));
  plan.record.write(plan.link.directory(), plan.link.name());
}

// Of what bytes both releases' scripts are, now that nothing of them is given up any more: see known_contents.
void remember_contents(adapter::adapter& php, switch_plan& plan, std::string const& replaced,
                       releases::finish_report const& report) {
  if (report.reset || replaced.empty() || replaced == plan.release) return;
  constexpr std::size_t most_releases = 4;
  releases::verified const live = verified_since_link(plan, plan.release, plan.link.made_at());
  opcache::selection const now = opcache::select(php, {replaced, plan.release});
  std::vector<releases::known_contents> all;
  auto const add = [&](std::string const& directory, std::function<bool(std::string const&)> const& is_as_cached) {
    if (auto seen = releases::look_at_contents(now, directory, is_as_cached)) all.push_back(std::move(*seen));
  };
  add(plan.release, releases::unchanged_since(live));
  add(replaced, unchanged_since(plan.record, replaced));
  for (releases::known_contents& each : plan.contents) {
    if (!contents_of(all, each.directory) && all.size() < most_releases) all.push_back(std::move(each));
  }
  releases::keep_contents(plan.link.directory(), plan.link.name(), all);
}

// All is done by now: that this cannot be looked at is no reason to fail.
void try_to_remember_contents(adapter::adapter& php, switch_plan& plan, std::string const& replaced,
                              releases::finish_report const& report) {
  try {
    remember_contents(php, plan, replaced, report);
  } catch (error const&) {
    return;
  }
}

void remember(adapter::adapter& php, switch_plan& plan, releases::site const& seen,
              releases::finish_report const& report) {
  remember_outside(plan, report);
  if (seen.has_opcache) try_to_remember_contents(php, plan, seen.live, report);
}

std::string unfinished(switch_plan const& plan) {
  return plan.link.path() + " leads to " + plan.release +
         " already, but pages may mix it with the release before until this was done: cachetool deploy:finish " +
         base::shell_word(plan.link.path());
}

releases::finish_report finish_switch(reached_master& master, switch_plan const& plan, finishing& how) {
  releases::finish_options options = plan.finish_after(how.replaced);
  options.held = std::move(how.held);
  auto const& no_room = how.why_reset;
  auto report = no_room ? releases::reset_instead(master.pools, options, *no_room)
                        : releases::finish(master.pools, master.out_of_reach, options, progress_of(master, "moved"));
  if (report.live != plan.release || !plan.link.is_as_left()) throw led_elsewhere(plan);
  return report;
}

// Once the link has moved, whatever goes wrong has to say so.
error with_moved_link(reached_master& master, switch_plan const& plan, error const& failed) {
  if (failed.kind() == error_kind::interrupted || !plan.moved) return failed;
  error const why = master.examined(failed);
  master.is_examined = true;
  if (!plan.link.is_as_left()) return led_elsewhere(plan);
  return error(why.kind(), why.message() + "; " + plan.link.path() + " leads to " + plan.release + " already")
      .advise("cachetool deploy:finish " + base::shell_word(plan.link.path()));
}

releases::finish_report switch_and_finish(reached_master& master, switch_plan const& plan, finishing& how,
                                          switch_gate::ticket& ticket) {
  try {
    ticket.pass();
    return finish_switch(master, plan, how);
  } catch (error const& failed) {
    throw with_moved_link(master, plan, failed);
  } catch (std::exception const& failed) {
    throw with_moved_link(master, plan, unforeseen(failed));
  }
}

std::optional<std::string> foresee_warming(adapter::adapter& php, switch_plan const& plan, releases::site const& seen,
                                           opcache::room const& moves, switch_forecast& out) {
  releases::warm_options warm = plan.warm;
  warm.running = seen.live;
  warm.reserve = moves;
  warm.dry_run = true;
  try {
    auto const report = releases::warm(php, plan.release, warm);
    out.compile = static_cast<std::int64_t>(report.planned);
    out.ready = static_cast<std::int64_t>(report.scripts.size());
    out.free = report.free;
  } catch (error const& failed) {
    if (failed.kind() == error_kind::not_found && seen.live_scripts == 0) return std::nullopt;
    if (failed.kind() != error_kind::memory_limit) throw;
    return failed.message();
  }
  return std::nullopt;
}

// The old script behind each name is given up, and the new one that was compiled under its own name before.
switch_forecast foresee(adapter::adapter& php, switch_plan const& plan) {
  releases::site const seen = look_at_rest(php, plan.finish.current);
  require_same_site(seen, plan.link, plan.finish.current);
  require_no_restart(seen);
  switch_forecast out{seen.from, plan.release, seen.live, 0, 0, 0, 0, 0, std::nullopt};
  if (!seen.has_opcache || seen.live == plan.release || seen.live.empty()) return out;
  opcache::room moves;
  for (releases::aliased_script const& each : releases::scripts_with_aliases(php, plan.finish.current, {seen.live})) {
    moves.bytes += each.memory;
    ++out.names;
  }
  out.wasted = 2 * moves.bytes;
  out.reset = foresee_warming(php, plan, seen, moves, out);
  return out;
}

exit_code show_forecast(context& with, switch_plan const& plan) {
  return for_each_whole_master(
      with, report::names(fields(releases::finish_report())), [&plan](reached_master& master) -> report_view {
        return [&plan, out_of = foresee(*master.pools.front(), plan)](target_output& out, std::string const&) {
          out.show(out_of.from,
                   {[&](report::json_writer& json) { write_json(json, out_of); },
                    [&] { return target_output::csv_table{report::texts(fields(out_of))}; },
                    [&] { out.line(out_of.from, forecast_text(out_of, plan.finish.current)); }},
                   {}, std::nullopt);
        };
      });
}

}  // namespace

exit_code deploy_finish(context& with) {
  releases::finish_options const options = finish_options(with);
  return for_each_whole_master(
      with, report::names(fields(releases::finish_report())), [&](reached_master& master) -> report_view {
        auto const tell = progress_of(master, "moved");
        return [&options, report = releases::finish(master.pools, master.out_of_reach, options, tell)](
                   target_output& out, std::string const&) { show(out, report, options.current); };
      });
}

exit_code deploy_switch(context& with) {
  switch_plan plan = plan_switch(with);
  if (with.given.given("dry-run")) {
    use_record(plan);
    return show_forecast(with, plan);
  }
  if (exit_code const code = await_turn(with, plan); code != exit_code::done) return code;
  std::unique_ptr<switch_gate> gate;
  std::once_flag made;
  exit_code const code = for_each_whole_master(
      with, report::names(fields(releases::finish_report())),
      [&](reached_master& master) -> report_view {
        std::call_once(made, [&] {
          gate = std::make_unique<switch_gate>(
              master.masters, [&plan] { lead_to_release(plan); }, master.interrupt_fd);
        });
        switch_gate::ticket ticket(*gate);
        releases::site const seen = look_at_rest(*master.pools.front(), plan.finish.current);
        require_same_site(seen, plan.link, plan.finish.current);
        require_no_restart(seen);
        finishing how{seen.live, {}, nullptr, {}};
        how.why_reset = warm_up(master, plan, seen, how);
        require_time(plan);
        how.held = hold_first_scripts(master, plan, seen, how.why_reset);
        auto report = switch_and_finish(master, plan, how, ticket);
        if (master.masters == 1) remember(*master.pools.front(), plan, seen, report);
        return [&plan, how = std::move(how), report = std::move(report)](target_output& out, std::string const&) {
          show(out, report, plan.finish.current, how.warmed);
        };
      },
      meeting::all_at_once);
  if (plan.moved && code > exit_code::interrupted_by) with.out.error_line(unfinished(plan));
  return code;
}

exit_code deploy_warm(context& with) {
  std::string const release = absolute_path(with.line.arguments.front());
  releases::warm_options const options = warm_options(with, release);
  return for_each_target(with, outcome_view::csv_columns(), [&](adapter::adapter& php, target_output& out) {
    auto const report = releases::warm(php, release, options, progress_on(out.streams(), php, "compiled"));
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
