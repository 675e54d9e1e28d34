#include "releases/finish.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <utility>

#include "base/file_info.hpp"
#include "base/mebibytes.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "caches/every_worker.hpp"
#include "caches/numbered_rows.hpp"
#include "caches/opcache_answer.hpp"
#include "releases/fallback.hpp"
#include "releases/open_directory.hpp"
#include "releases/young_files.hpp"

namespace cachetool::releases {
namespace {

using caches::ask;
using clock = std::chrono::steady_clock;

// Anybody may make a link to another user's release, also one on the way there.
bool leads_by_owners_links(std::string const& link, std::string const& release) {
  try {
    base::unique_fd const found = open_directory(link);
    struct stat there {};
    auto const live = base::look_at(release);
    return live && fstat(found.get(), &there) == 0 && base::identity_of(there) == base::identity_of(*live);
  } catch (error const&) {
    return false;
  }
}

/// The work of one finish().
class finishing {
 public:
  finishing(std::span<adapter::adapter* const> pools, finish_options const& options, opcache::progress const& tell)
      : pools_(pools), php_(*pools.front()), options_(options), tell_(tell), until_(clock::now() + options.patience) {}

  finish_report run(std::vector<std::string> const& unreachable);
  finish_report reset_because(std::string why);

 private:
  void look_at_site();
  void add_old(std::string const& path);
  [[nodiscard]] std::optional<std::string> why_not(std::vector<std::string> const& unreachable) const;
  std::optional<std::string> lead_elsewhere();
  std::optional<std::string> ask_every_worker(bool clear, std::chrono::milliseconds patience);
  void look_for_old_code();
  std::map<std::string, std::int64_t> hits_of_old();
  void keep(caches::sweep const& swept, std::size_t pool);
  void take_linked_that_are_served();
  std::optional<std::string> move_names();
  std::optional<std::string> move_all();
  [[nodiscard]] std::vector<std::string> releases_here() const;
  std::optional<std::string> hold_first_scripts();
  void release_first_scripts(std::vector<aliased_script>& names);
  void refresh_outside();
  void note_preloaded();
  [[nodiscard]] std::optional<std::string> why_no_room(std::vector<aliased_script> const& names) const;
  void reset(std::string why);
  [[nodiscard]] std::chrono::milliseconds left() const;
  [[nodiscard]] std::chrono::milliseconds kept_for_reset() const;

  std::span<adapter::adapter* const> pools_;
  adapter::adapter& php_;
  finish_options const& options_;
  opcache::progress tell_;
  clock::time_point until_;
  site site_;
  std::shared_ptr<held_scripts> held_;
  bool all_answered_ = false;  // in the last sweep
  finish_report report_;
  std::optional<name_mover> names_;
};

std::chrono::milliseconds finishing::left() const {
  auto const left = std::chrono::ceil<std::chrono::milliseconds>(until_ - clock::now());
  return std::max(left, std::chrono::milliseconds{100});
}

// Part of the patience is kept back: a reset, too, waits for running requests and has to be confirmed.
std::chrono::milliseconds finishing::kept_for_reset() const {
  constexpr std::chrono::milliseconds at_most{10'000};
  return options_.fall_back && site_.has_opcache ? std::min(at_most, left() / 4) : std::chrono::milliseconds{0};
}

finish_report finishing::run(std::vector<std::string> const& unreachable) {
  look_at_site();
  auto problem = why_not(unreachable);
  try {
    if (!problem) problem = lead_elsewhere();
  } catch (error const& failed) {
    if (failed.kind() != error_kind::disabled) throw;
    problem = failed.message();  // this pool does not let scripts use a function or a setting
  }
  if (!problem && site_.has_opcache) report_.led_to_unknown = options_.led_to_unknown;
  if (problem) {
    reset(std::move(*problem));
  } else if (site_.has_opcache && all_answered_) {
    look_for_old_code();
  }
  report_.names = std::move(names_->names());
  return std::move(report_);
}

/// Returns what is wrong, if anything is.
std::optional<std::string> finishing::lead_elsewhere() {
  auto problem = hold_first_scripts();
  if (!problem) problem = ask_every_worker(true, left() - kept_for_reset());
  if (problem || !site_.has_opcache) return problem;
  problem = move_all();
  constexpr std::chrono::milliseconds a_while{5000};  // all workers were reached a moment ago
  return problem ? problem : ask_every_worker(false, std::min(left(), a_while));
}

// A pool may name any directory, and may try to lead root to another user's files. So only these count: the release
// that the link leads to here, and releases beside it that belong to the same owner.
std::vector<std::string> finishing::releases_here() const {
  namespace fs = std::filesystem;
  std::error_code failed;
  fs::path const live = fs::canonical(options_.current, failed);
  if (failed || live != site_.live) return {};
  if (!options_.old_is_told && !leads_by_owners_links(options_.current, live)) return {};
  std::vector<std::string> here{live.string()};
  for (release const& each : report_.old) {
    bool const is_named =
        options_.old_is_told && std::find(options_.old.begin(), options_.old.end(), each.path) != options_.old.end();
    std::string const around = base::parent_of(here.front());
    bool const is_beside = base::parent_of(each.path) == around && around != "/";
    if (is_named || (is_beside && have_one_owner(each.path, here.front()))) here.push_back(each.path);
  }
  return here;
}

std::optional<std::string> finishing::hold_first_scripts() {
  held_ = options_.held;
  if (held_ || !site_.includes_twice || !site_.has_opcache || site_.full) return std::nullopt;
  auto const scripts = names_->find();
  if (scripts.empty()) return std::nullopt;
  std::vector<std::string> live;
  for (aliased_script const& each : scripts) {
    live.push_back(site_.live + each.path.substr(names_->old_release_of(each.path).path.size()));
  }
  held_ = hold(php_, scripts, live, releases_here(), left());
  if (held_) return std::nullopt;
  return cannot_hold(scripts.front().path);
}

// Every worker is cleared, so no request needs the old scripts any more.
void finishing::release_first_scripts(std::vector<aliased_script>& names) {
  if (!held_) return;
  for (aliased_script const& each : held_->scripts()) {
    auto const is_it = [&each](aliased_script const& name) { return name.path == each.path; };
    if (std::none_of(names.begin(), names.end(), is_it)) names.push_back(each);
  }
  held_->let_go();
}

std::map<std::string, std::int64_t> finishing::hits_of_old() {
  std::vector<std::string> old;
  for (release const& each : report_.old) old.push_back(each.path);
  std::map<std::string, std::int64_t> hits;
  agent::call call = ask("deploy.hits", {{"old", opcache::list(old)}});
  call.rows = caches::numbered_rows([&hits](std::string path, std::int64_t count) { hits[std::move(path)] = count; });
  php_.run(call);
  return hits;
}

// Every worker has answered since the names were moved. Whoever still asks for an old script has its path from
// elsewhere: a class map in APCu, or a generated configuration with real paths.
void finishing::look_for_old_code() {
  bool const any =
      std::any_of(report_.old.begin(), report_.old.end(), [](release const& each) { return each.scripts > 0; });
  if (!any) return;
  constexpr std::chrono::milliseconds a_while{500};
  auto const before = hits_of_old();
  php_.pause(a_while);
  for (auto const& [path, count] : hits_of_old()) {
    auto const known = before.find(path);
    if (count > (known == before.end() ? 0 : known->second)) report_.still_used.push_back(path);
  }
}

finish_report finishing::reset_because(std::string why) {
  look_at_site();
  reset(std::move(why));
  return std::move(report_);
}

// OPcache may restart or fill up meanwhile; then it no longer has what was moved.
std::optional<std::string> finishing::move_all() {
  try {
    auto problem = move_names();
    if (!problem) problem = names_->await_first_visitors(left());
    if (!problem) refresh_outside();
    return problem;
  } catch (error const& failed) {
    if (failed.kind() != error_kind::pending && failed.kind() != error_kind::memory_limit) throw;
    return failed.message();
  }
}

// Also where PHP looks at timestamps: it does so only every opcache.revalidate_freq seconds.
void finishing::refresh_outside() {
  outside_query query = outside_of(options_.current, site_.live);
  query.unchanged = options_.unchanged_outside;
  for (std::string const& each : site_.shared) query.take_too(each);
  query.pace = options_.pace;
  report_.outside = releases::refresh_outside(php_, query);
}

void finishing::note_preloaded() {
  for (std::string const& path : site_.preloaded) {
    bool const is_old = std::any_of(report_.old.begin(), report_.old.end(),
                                    [&](release const& each) { return base::lies_in(path, each.path); });
    if (is_old) report_.preloaded.push_back(path);
  }
}

void finishing::look_at_site() {
  site_ = look(php_, options_.current);
  report_.from = site_.from;
  report_.live = site_.live;
  if (site_.live.empty()) {
    throw error(error_kind::not_found, "php-fpm sees nothing at " + options_.current)
        .advise("name the link as php-fpm sees it: a chroot or a container may show it other paths");
  }
  if (site_.live == options_.current) {
    throw error(error_kind::usage, options_.current + " is a release itself, and no link that leads to one")
        .advise("name the link that was switched");
  }
  if (options_.old.empty()) {
    report_.old = site_.others;
    for (release const& each : site_.linked) {
      if (each.path != options_.replaced) report_.left_alone.push_back(each.path);
    }
  } else {
    for (std::string const& path : options_.old) report_.old.push_back({path, 0});
  }
  if (!options_.replaced.empty()) add_old(options_.replaced);
  for (std::string const& each : options_.led_to) add_old(each);
  note_preloaded();
  names_.emplace(php_, move_query{options_.current, site_.live, options_.pace}, report_.old, tell_);
}

// It may lie elsewhere, or another link ("previous") may lead to it.
void finishing::add_old(std::string const& path) {
  auto const is_it = [&path](release const& each) { return each.path == path; };
  if (path == site_.live || std::any_of(report_.old.begin(), report_.old.end(), is_it)) return;
  auto const linked = std::find_if(site_.linked.begin(), site_.linked.end(), is_it);
  report_.old.push_back({path, linked == site_.linked.end() ? 0 : linked->scripts});
  std::erase(report_.left_alone, path);
}

std::optional<std::string> finishing::why_not(std::vector<std::string> const& unreachable) const {
  if (!unreachable.empty()) return unreachable.front();
  if (site_.restart_pending) return "a restart of OPcache is pending";
  if (!site_.blind.empty()) return "the PHP function " + site_.blind + "() is disabled";
  if (site_.pools.size() > pools_.size() + options_.others) {
    return "this php-fpm has " + std::to_string(site_.pools.size()) + " pools, and only " +
           std::to_string(pools_.size()) + " of them could be asked";
  }
  // With no release beside the live one, the one before lies elsewhere.
  if (site_.has_opcache && report_.old.empty() && !options_.led_to_unknown.empty()) {
    return "nobody tells where names below the link lead: " + options_.led_to_unknown;
  }
  return std::nullopt;
}

/// Returns what is wrong, if anything is.
std::optional<std::string> finishing::ask_every_worker(bool clear, std::chrono::milliseconds patience) {
  agent::call const call = ask("deploy.resolve", {{"current", options_.current}, {"clear", clear}});
  auto const swept = caches::run_in_every_worker(pools_, call, patience);
  all_answered_ = std::all_of(swept.begin(), swept.end(), [](auto const& each) { return each.complete(); });
  for (std::size_t i = 0; i < swept.size(); ++i) {
    if (clear) keep(swept[i], i);
    for (agent::answer const& answer : swept[i].answers) {
      if (!answer.result.is_string() || answer.result.as_string() == site_.live) continue;
      return "the worker " + std::to_string(answer.pid) + " of the pool " +
             caches::pool_name(swept[i], pools_[i]->label()) + " sees " + std::string(answer.result.as_string()) +
             " at " + options_.current;
    }
    if (!clear) continue;
    if (auto why = caches::why_incomplete(swept[i], pools_[i]->label())) return why;
  }
  return std::nullopt;
}

void finishing::keep(caches::sweep const& swept, std::size_t pool) {
  pool_report out;
  out.pool = caches::pool_name(swept, pools_[pool]->label());
  out.cleared = static_cast<std::int64_t>(swept.answers.size());
  out.missing = swept.missing;
  if (swept.workers_known) out.workers = out.cleared + static_cast<std::int64_t>(swept.missing.size());
  report_.pools.push_back(std::move(out));
}

// Another link, such as "previous", may lead to the release before.
void finishing::take_linked_that_are_served() {
  for (release const& each : site_.linked) {
    auto const left = std::find(report_.left_alone.begin(), report_.left_alone.end(), each.path);
    if (left == report_.left_alone.end()) continue;
    report_.old.push_back(each);
    if (names_->leads_to(each)) {
      report_.left_alone.erase(left);
    } else {
      report_.old.pop_back();
    }
  }
}

// Each name is compiled anew. In a full cache PHP would empty everything in the middle of it.
std::optional<std::string> finishing::why_no_room(std::vector<aliased_script> const& names) const {
  if (names.empty()) return std::nullopt;
  if (site_.full) return "OPcache is full, so the names below the link cannot be moved";
  std::int64_t needed = 64 * 1024;
  for (aliased_script const& each : names) needed += each.memory + each.memory / 4;
  if (site_.free >= needed) return std::nullopt;
  return "OPcache has no room to move " + std::to_string(names.size()) +
         " names below the link: " + base::mebibytes(needed) + " are needed, and " + base::mebibytes(site_.free) +
         " are free";
}

std::optional<std::string> finishing::move_names() {
  if (!site_.full) take_linked_that_are_served();
  auto found = names_->find();
  release_first_scripts(found);
  auto why = why_no_room(found);
  return why ? why : names_->move_until_none_is_left(found);
}

void finishing::reset(std::string why) {
  if (!site_.has_opcache && !site_.restart_pending) {
    throw error(error_kind::timeout, why +
                                         "; it may serve the previous release until it forgets where the link led "
                                         "(realpath_cache_ttl, 120 s by default)")
        .advise("try again: cachetool deploy:finish " + base::shell_word(options_.current));
  }
  if (!options_.fall_back) {
    throw error(error_kind::timeout, why + "; OPcache was left as it is: " + options_.current + " leads to " +
                                         site_.live + ", but the previous release may still be served")
        .advise("cachetool deploy:finish " + base::shell_word(options_.current) +
                " when that has changed; without --no-fallback OPcache is reset");
  }
  report_.fell_back = std::move(why);
  // Where nobody can see the restart, it may still be pending when this ends. Until then requests are not cached; they
  // find the live release if their worker has forgotten where the link led.
  if (!site_.blind.empty()) static_cast<void>(ask_every_worker(true, left() / 2));
  report_.reset = reset_because_of(*report_.fell_back, php_, left(), "the previous release");
}

}  // namespace

finish_report reset_instead(std::span<adapter::adapter* const> pools, finish_options const& options, std::string why) {
  return finishing(pools, options, {}).reset_because(std::move(why));
}

finish_report finish(std::span<adapter::adapter* const> pools, std::vector<std::string> const& unreachable,
                     finish_options const& options, opcache::progress const& tell) {
  return finishing(pools, options, tell).run(unreachable);
}

}  // namespace cachetool::releases
