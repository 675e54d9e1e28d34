#include "releases/deployment.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/path.hpp"
#include "base/text.hpp"
#include "caches/script_selection.hpp"
#include "releases/acquaint.hpp"
#include "releases/switched_links.hpp"
#include "releases/young_files.hpp"

namespace cachetool::releases {
namespace {

namespace fs = std::filesystem;

base::file_identity require_directory(std::string const& release) {
  std::error_code failed;
  verified const found = verified_at(release, 0);
  bool const is_readable = access(release.c_str(), R_OK | X_OK) == 0;
  if (found.path.empty() || (is_readable && fs::is_empty(release, failed) && !failed)) {
    throw error(error_kind::usage,
                "the release " + release + " is empty, or no directory any more; nothing was switched")
        .advise("upload it, and try again");
  }
  return found.itself;
}

std::function<bool(std::string const& path)> known_as_unchanged(site_record const& record,
                                                                std::string const& directory) {
  verified const* const known = record.find(directory);
  return unchanged_since(known != nullptr ? *known : verified());
}

std::optional<known_contents> find_contents(std::vector<known_contents> const& all, std::string const& directory) {
  auto const found =
      std::find_if(all.begin(), all.end(), [&](known_contents const& each) { return each.directory == directory; });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

void require_no_restart(site const& seen) {
  if (!seen.restart_pending) return;
  throw error(error_kind::pending, "a restart of OPcache is pending, so nothing was compiled, and nothing switched")
      .advise("try again when the running requests have ended; cachetool opcache:reset --wait waits for it");
}

void require_scripts(warm_report const& report) {
  if (report.in_use == 0 || report.missing < report.in_use) return;
  throw error(error_kind::php_error, report.release + " has none of the " + std::to_string(report.in_use) +
                                         " scripts that are in use; nothing was switched")
      .advise("is it complete? name the directory that lies beside " + report.running);
}

// Only a file that the running release uses stops a switch: a release may have files that were never meant to run.
void require_compiled(warm_report const& report) {
  for (warmed_script const& script : report.scripts) {
    if (!script.in_use || script.what != warmed_script::outcome::failed) continue;
    throw error(error_kind::php_error, script.path + " does not compile, so nothing was switched: " + script.why)
        .advise("mend it, or see all with cachetool deploy:warm " + base::shell_word(report.release) + " -v");
  }
}

void require_unchanged(adapter::adapter& php, warm_report const& report, warm_options const& options) {
  std::vector<std::string> const changed = changed_since(php, report, options);
  if (changed.empty()) return;
  throw error(error_kind::php_error, changed.front() + (changed.size() == 1 ? " has" : " and others have") +
                                         " changed since this began; nothing was switched")
      .advise("try again when the upload has ended");
}

// If not even the files in use fit into the cache, a reset after the switch is better.
std::optional<std::string> why_no_room(warm_report const& report) {
  for (warmed_script const& script : report.scripts) {
    if (script.in_use && script.what == warmed_script::outcome::no_room) {
      return "OPcache has no room for all scripts of the release";
    }
  }
  return std::nullopt;
}

// The workers have looked at a ready release when it was compiled.
bool is_much_new(warm_report const& report) {
  constexpr std::ptrdiff_t few = 16;
  auto const is_new = [](warmed_script const& script) { return script.what == warmed_script::outcome::compiled; };
  return std::count_if(report.scripts.begin(), report.scripts.end(), is_new) > few;
}

// A restart lasts no longer than the requests that run now.
site look_at_rest(adapter::adapter& php, std::string const& current) {
  constexpr int most_looks = 40;
  constexpr std::chrono::milliseconds rest{50};
  site seen = look(php, current);
  for (int i = 0; seen.restart_pending && i < most_looks; ++i) {
    php.pause(rest);
    seen = look(php, current);
  }
  return seen;
}

// The names to move are compiled once more, so they need room, too.
std::vector<aliased_script> names_to_move(adapter::adapter& php, std::string const& current, site const& seen) {
  return seen.live.empty() ? std::vector<aliased_script>() : scripts_with_aliases(php, current, {seen.live});
}

opcache::cache_space room_for(std::vector<aliased_script> const& scripts) {
  opcache::cache_space out;
  for (aliased_script const& each : scripts) out.bytes += each.memory;
  return out;
}

}  // namespace

deployment::deployment(std::string release, warm_options warm, finish_options finish,
                       std::optional<base::time_point> until)
    : release_(std::move(release)),
      itself_(require_directory(release_)),
      warm_(std::move(warm)),
      link_(finish.current),
      finish_(std::move(finish)),
      until_(until) {
  warm_.links.push_back(finish_.current);
}

// Until the deadline; without one, what finishing may take.
std::chrono::milliseconds deployment::left() const {
  if (!until_) return finish_.patience;
  auto const left = std::chrono::ceil<std::chrono::milliseconds>(*until_ - base::clock::now());
  return std::max(left, std::chrono::milliseconds{0});
}

// Whatever was read before the lock was ours does not count.
void deployment::lock(std::function<void(std::string const& holder)> const& waiting, int interrupt_fd) {
  link_.lock(left(), waiting, interrupt_fd);
  use_record();
}

// The record of a release is from when it ceased to be live; that of the site's other directories is from the last look
// at them.
void deployment::use_record() {
  record_ = site_record::read(link_.directory(), link_.name());
  contents_ = read_contents(link_.directory(), link_.name());
  for (known_contents const& each : contents_) {
    for (auto const& [path, script] : each.scripts) hashes_->know(path, script.file);
  }
  warm_.known = {itself_, known_as_unchanged(record_, release_), contents_of(release_), hashes_};
  if (verified const* const known = record_.find(base::parent_of(finish_.current))) {
    finish_.unchanged_outside = unchanged_since(*known);
  }
}

std::optional<known_contents> deployment::contents_of(std::string const& directory) const {
  return find_contents(contents_, directory);
}

prepared deployment::prepare(served_by const& php, opcache::progress const& tell) const {
  adapter::adapter& first = *php.pools.front();
  prepared ready;
  ready.seen = look_at_rest(first, finish_.current);
  require_same_site(ready.seen);
  require_no_restart(ready.seen);
  ready.why_reset = warm_up(php, ready, tell);
  ask_where_names_lead(first, ready);
  require_time();
  hold_first_scripts(first, ready);
  return ready;
}

// php-fpm must see the same release behind the link as this process does.
void deployment::require_same_site(site const& seen) const {
  std::string const here = link_.target();
  if (seen.live == here) return;
  throw error(error_kind::not_found, finish_.current + " leads to " + (here.empty() ? "nothing" : here) +
                                         " here, and to " + (seen.live.empty() ? "nothing" : seen.live) +
                                         " for php-fpm; nothing was switched")
      .advise("switch the link where php-fpm runs, and call deploy:finish with the path that php-fpm sees");
}

void deployment::require_time() const {
  if (left().count() > 0) return;
  throw error(error_kind::timeout, "the deadline was over before the link was switched; nothing was switched")
      .advise("give it more time; what was compiled is ready for the next try");
}

std::string deployment::require_fallback(std::string const& why) const {
  if (finish_.fall_back) return why;
  throw error(error_kind::timeout, why + "; nothing was switched, because of --no-fallback")
      .advise("without it the link is switched, and OPcache reset");
}

// Returns why OPcache has to be reset after the switch, if it cannot be avoided.
std::optional<std::string> deployment::warm_up(served_by const& php, prepared& ready,
                                               opcache::progress const& tell) const {
  site const& seen = ready.seen;
  if (!seen.has_opcache || seen.live == release_) return std::nullopt;
  if (!php.alone && seen.live_scripts == 0) return std::nullopt;  // this one serves another site
  std::optional<std::string> why;
  try {
    why = try_to_warm(php, ready, tell);
  } catch (error const& failed) {
    bool const has_no_script_yet = failed.kind() == error_kind::not_found && seen.live_scripts == 0;
    if (has_no_script_yet) return std::nullopt;
    if (failed.kind() != error_kind::memory_limit && failed.kind() != error_kind::disabled) throw;
    why = failed.message();
  }
  return why ? require_fallback(*why) : why;
}

std::optional<std::string> deployment::try_to_warm(served_by const& php, prepared& ready,
                                                   opcache::progress const& tell) const {
  constexpr std::chrono::milliseconds acquaintance{15'000};
  adapter::adapter& first = *php.pools.front();
  warm_options options = warm_;
  options.running = ready.seen.live;
  options.reserve = room_for(names_to_move(first, finish_.current, ready.seen));
  warm_report const& report = ready.warmed.emplace(warm(first, release_, options, tell));
  require_scripts(report);
  require_compiled(report);
  if (auto why = why_no_room(report)) return why;
  if (is_much_new(report)) acquaint_workers(php.pools, std::min(acquaintance, left() / 2));
  require_unchanged(first, report, options);
  return std::nullopt;
}

// Somebody may have led the link elsewhere by hand. If nobody tells, the releases beside the live one count as before,
// and the report says so. Most of the time is kept for the switch.
void deployment::ask_where_names_lead(adapter::adapter& php, prepared& ready) const {
  if (ready.why_reset || !ready.seen.has_opcache || ready.seen.live.empty()) return;
  try {
    ready.led_to = earlier_targets(php, finish_.current, left() / 2);
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    ready.led_to_unknown = failed.message();
  }
}

// Before the link is switched. If they cannot be held, says why OPcache is reset instead.
void deployment::hold_first_scripts(adapter::adapter& php, prepared& ready) const {
  site const& seen = ready.seen;
  if (ready.why_reset || !seen.has_opcache || !seen.includes_twice || seen.live == release_) return;
  auto const scripts = scripts_with_aliases(php, finish_.current, {seen.live});
  if (scripts.empty()) return;
  std::vector<std::string> next;
  for (aliased_script const& each : scripts) {
    if (each.path.starts_with(seen.live + "/")) next.push_back(release_ + each.path.substr(seen.live.size()));
  }
  // The link's owner may have pointed it anywhere before.
  std::vector<std::string> ours{release_};
  if (have_one_owner(seen.live, release_)) ours.push_back(seen.live);
  ready.held = hold(php, scripts, next, ours, left());
  if (!ready.held) ready.why_reset = require_fallback(cannot_hold(scripts.front().path));
}

void deployment::switch_link() {
  std::string const replaced = link_.target();
  std::int64_t const since = link_.made_at();
  link_.lead_to(release_, [this] { require_same_release(); });
  switched_ = true;
  if (replaced != release_) record_.set(verified_since_link(replaced, since));
  record_.write(link_.directory(), link_.name());
}

// Called right before the link is switched, when the new one exists already: what goes live is what was checked.
void deployment::require_same_release() const {
  if (require_directory(release_) == itself_) return;
  throw error(error_kind::php_error, release_ + " is another directory than when this began; nothing was switched")
      .advise("try again when the upload has ended");
}

// Since the link was made, OPcache has the release's scripts as their files were then. Nothing where that is not known.
// Times are compared, so both must come from one file system.
verified deployment::verified_since_link(std::string const& directory, std::int64_t made_at) const {
  verified entry = verified_at(directory, made_at);
  verified const around = verified_at(base::parent_of(link_.path()), 0);
  return made_at > 0 && entry.itself.device == around.itself.device ? entry : verified();
}

finish_report deployment::finish(served_by const& php, prepared& ready, opcache::progress const& tell) const {
  if (!link_.is_as_left()) throw led_elsewhere();
  finish_options options = finish_;
  options.replaced = ready.seen.live;
  options.patience = left();
  options.held = std::move(ready.held);
  options.led_to = std::move(ready.led_to);
  options.led_to_unknown = std::move(ready.led_to_unknown);
  finish_report report = ready.why_reset ? reset_instead(php.pools, options, *ready.why_reset)
                                         : releases::finish(php.pools, php.out_of_reach, options, tell);
  if (report.live != release_ || !link_.is_as_left()) throw led_elsewhere();
  return report;
}

// What another deployment does in between is not this one's success.
error deployment::led_elsewhere() const {
  std::string const target = link_.target();
  return error(error_kind::php_error, "somebody else has led " + link_.path() + " to " +
                                          (target.empty() ? "nothing" : target) + " meanwhile: " + release_ +
                                          " is not what is served")
      .advise("if it is to be live, deploy it again; if not: cachetool deploy:finish " +
              base::shell_word(link_.path()));
}

error deployment::told(error const& failed) const {
  if (!switched_) return failed;
  if (!link_.is_as_left()) return led_elsewhere();
  return error(failed.kind(), failed.message() + "; " + link_.path() + " leads to " + release_ + " already")
      .advise("cachetool deploy:finish " + base::shell_word(link_.path()));
}

std::string deployment::unfinished() const {
  return link_.path() + " leads to " + release_ +
         " already, but pages may mix it with the previous release until this is done: cachetool deploy:finish " +
         base::shell_word(link_.path());
}

void deployment::remember(adapter::adapter& php, prepared const& before, finish_report const& report) {
  remember_outside(report);
  std::string const& replaced = before.seen.live;
  if (!before.seen.has_opcache || report.reset || replaced.empty() || replaced == release_) return;
  try {
    remember_contents(php, replaced);
  } catch (error const&) {
    return;  // everything is done by now: no reason to fail
  }
}

// Scripts that were looked at after the link was made are known the next time.
void deployment::remember_outside(finish_report const& report) {
  if (!report.outside.failed.empty() || report.reset) return;
  record_.set(verified_at(base::parent_of(link_.path()), link_.made_at()));
  record_.write(link_.directory(), link_.name());
}

// Nothing more of either release is given up from here on, so this is the moment to note the contents of their files.
// See known_contents.
void deployment::remember_contents(adapter::adapter& php, std::string const& replaced) {
  constexpr std::size_t most_releases = 4;
  verified const live = verified_since_link(release_, link_.made_at());
  opcache::script_selection const now = opcache::select(php, {replaced, release_});
  std::vector<known_contents> all;
  auto const add = [&](std::string const& directory, std::function<bool(std::string const&)> const& is_as_cached) {
    if (auto seen = look_at_contents(now, directory, is_as_cached, *hashes_)) all.push_back(std::move(*seen));
  };
  add(release_, unchanged_since(live));
  add(replaced, known_as_unchanged(record_, replaced));
  for (known_contents& each : contents_) {
    if (!find_contents(all, each.directory) && all.size() < most_releases) all.push_back(std::move(each));
  }
  keep_contents(link_.directory(), link_.name(), all);
}

// Each name gives up the old script behind it, and the new one, which was compiled under its own name before.
switch_forecast deployment::foresee(adapter::adapter& php) const {
  site const seen = look_at_rest(php, finish_.current);
  require_same_site(seen);
  require_no_restart(seen);
  switch_forecast out{seen.from, release_, seen.live, 0, 0, 0, 0, 0, std::nullopt};
  if (!seen.has_opcache || seen.live == release_ || seen.live.empty()) return out;
  auto const names = names_to_move(php, finish_.current, seen);
  opcache::cache_space const moves = room_for(names);
  out.names = std::ssize(names);
  out.wasted = 2 * moves.bytes;
  out.reset = foresee_warming(php, seen, moves, out);
  return out;
}

std::optional<std::string> deployment::foresee_warming(adapter::adapter& php, site const& seen,
                                                       opcache::cache_space const& moves, switch_forecast& out) const {
  warm_options options = warm_;
  options.running = seen.live;
  options.reserve = moves;
  options.dry_run = true;
  try {
    auto const report = warm(php, release_, options);
    out.compile = static_cast<std::int64_t>(report.planned);
    out.ready = std::ssize(report.scripts);
    out.free = report.free;
  } catch (error const& failed) {
    if (failed.kind() == error_kind::not_found && seen.live_scripts == 0) return std::nullopt;
    if (failed.kind() != error_kind::memory_limit) throw;
    return failed.message();
  }
  return std::nullopt;
}

}  // namespace cachetool::releases
