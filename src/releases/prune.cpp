#include "releases/prune.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/path.hpp"
#include "base/text.hpp"
#include "caches/opcache.hpp"
#include "caches/script_selection.hpp"

namespace cachetool::releases {

using opcache::anew;
using opcache::ask;
using opcache::at_or_below;
using opcache::compile_row;
using opcache::examine;
using opcache::file_by_file;
using opcache::file_outcome;
using opcache::file_state;
using opcache::find;
using opcache::is_preloaded;
using opcache::known_file;
using opcache::list;
using opcache::memory_usage;
using opcache::pacing;
using opcache::progress;
using opcache::read_status;
using opcache::restarted;
using opcache::script_selection;
using opcache::select;
using opcache::selected_script;
using opcache::status;
namespace {

using prune_outcome = pruned_script::outcome;

prune_outcome as_pruned(file_outcome what) {
  if (what == file_outcome::gone) return prune_outcome::forgotten;
  return what == file_outcome::kept ? prune_outcome::kept : prune_outcome::failed;
}

std::int64_t size_of(memory_usage const& memory) {
  return memory.used + memory.free + memory.wasted;
}

error no_release(std::string const& why) {
  return error(error_kind::usage, why + "; nothing was forgotten")
      .advise(
          "--keep names a release that lies beside the others, or the link that leads to it: --keep=/srv/site/current");
}

/// A name that leads to a kept release.
struct reached_name {
  std::string link;
  std::string live;
};

class pruning {
 public:
  pruning(adapter::adapter& php, prune_query const& query, progress const& tell)
      : php_(php), query_(query), tell_(tell), selected_(select(php, {"/"})) {}

  prune_report run() {
    for (std::string const& keep : query_.keep) look_at(keep);
    find_dead_releases();
    choose();
    require_no_restart();
    if (query_.dry_run) {
      require_not_served();
    } else {
      forget();
    }
    return report();
  }

 private:
  void look_at(std::string const& keep);
  static void require_release(std::string const& keep, releases::site const& seen);
  void find_dead_releases();
  void choose();
  void take(selected_script const& script);
  void take_what_is_gone(std::vector<selected_script const*> const& others);
  [[nodiscard]] releases::release* dead_release_of(std::string const& path);
  void require_no_restart() const;
  void require_not_served();
  void forget();
  [[nodiscard]] std::set<std::string> find_aliased();
  [[nodiscard]] std::vector<std::string> names_of(std::string const& path);
  void forget(std::vector<std::string> const& paths, bool by_aliases_too);
  [[nodiscard]] error still_served(std::string const& name) const;
  prune_report report();
  [[nodiscard]] headroom needed() const;

  adapter::adapter& php_;
  prune_query const& query_;
  progress const& tell_;
  script_selection selected_;  // the whole cache
  std::vector<releases::site> sites_;
  std::vector<reached_name> reached_;
  std::vector<std::string> chosen_;  // to be forgotten
  std::map<std::string, pruned_script> done_;
  std::string served_;          // a name that leads to a dead release
  std::string served_release_;  // that release
  prune_report report_;
};

void pruning::look_at(std::string const& keep) {
  releases::site seen = releases::look(php_, keep);
  require_release(keep, seen);
  report_.kept.push_back(seen.live);
  if (keep != seen.live) reached_.push_back({keep, seen.live});
  for (releases::link const& each : seen.links) {
    if (each.target == seen.live) reached_.push_back({each.name, seen.live});
  }
  sites_.push_back(std::move(seen));
}

// Whatever lies beside it is taken for a release, so a mistake here would throw away scripts that are in use.
void pruning::require_release(std::string const& keep, releases::site const& seen) {
  if (seen.live.empty()) {
    throw error(error_kind::not_found, "php-fpm sees no directory " + keep + "; nothing was forgotten")
        .advise("is it spelled as php-fpm sees it? a chroot, a container or open_basedir may show it other paths");
  }
  std::string const parent = base::parent_of(seen.live);
  if (parent == "/") throw no_release(keep + " is " + seen.live + ", and what lies beside that are no releases");
  for (releases::link const& each : seen.links) {
    if (each.target != parent) continue;
    throw no_release(keep + " is a part of " + parent + ", to which " + each.name +
                     " leads, and no release of its own");
  }
}

void pruning::find_dead_releases() {
  std::set<std::string> linked;
  for (releases::site const& site : sites_) {
    for (releases::release const& each : site.linked) linked.insert(each.path);
  }
  std::map<std::string, releases::release> dead;
  for (releases::site const& site : sites_) {
    for (releases::release const& other : site.others) {
      bool const kept = std::any_of(report_.kept.begin(), report_.kept.end(),
                                    [&](std::string const& each) { return at_or_below(each, other.path); });
      if (!kept && !linked.contains(other.path)) dead[other.path] = {other.path, 0};
    }
  }
  for (auto& [path, release] : dead) report_.dead.push_back(std::move(release));
  report_.left_alone.assign(linked.begin(), linked.end());
}

void pruning::choose() {
  std::vector<selected_script const*> others;
  for (selected_script const& script : selected_.scripts) {
    if (!script.valid) continue;
    if (releases::release* const release = dead_release_of(script.path)) {
      ++release->scripts;
      take(script);
    } else {
      others.push_back(&script);
    }
  }
  std::erase_if(report_.dead, [](releases::release const& each) { return each.scripts == 0; });
  take_what_is_gone(others);
}

void pruning::take(selected_script const& script) {
  if (is_preloaded(selected_, script.path)) {
    done_[script.path] = {script.path, prune_outcome::preloaded, {}, {}};
    return;
  }
  chosen_.push_back(script.path);
  report_.memory_of_scripts += script.memory;
  if (query_.dry_run) done_[script.path] = {script.path, prune_outcome::found, {}, {}};
}

// Only existence matters here, so the shortest look is enough.
void pruning::take_what_is_gone(std::vector<selected_script const*> const& others) {
  std::vector<known_file> files;
  for (auto const* script : others) files.push_back({script->path, script->cached_at, script->timestamp, {}});
  auto const states = examine(php_, files, true);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (states[i] != file_state::gone) continue;
    ++report_.gone;
    take(*others[i]);
  }
}

releases::release* pruning::dead_release_of(std::string const& path) {
  auto const found = std::find_if(report_.dead.begin(), report_.dead.end(),
                                  [&](releases::release const& each) { return at_or_below(path, each.path); });
  return found == report_.dead.end() ? nullptr : &*found;
}

// Invalidated scripts count as wasted. In a full cache PHP schedules a restart when the waste reaches
// opcache.max_wasted_percentage (php-src ext/opcache/ZendAccelerator.c, zend_accel_invalidate()).
void pruning::require_no_restart() const {
  if (!selected_.state.cache_full || !selected_.state.memory || chosen_.empty()) return;
  memory_usage const& memory = *selected_.state.memory;
  std::int64_t const percent =
      (memory.wasted + report_.memory_of_scripts) * 100 / std::max<std::int64_t>(size_of(memory), 1);
  if (percent < selected_.max_wasted_percentage) return;
  throw error(error_kind::memory_limit, "OPcache is full, and with " + std::to_string(percent) +
                                            " % of it wasted PHP would restart it at once; nothing was forgotten")
      .advise(
          "a reset in a quiet hour is the better choice: cachetool opcache:reset. More room: "
          "opcache.memory_consumption, opcache.max_accelerated_files");
}

// PHP does not tell which script a name leads to. But if the live release has no valid script of that name, it is the
// dead release's.
void pruning::require_not_served() {
  for (std::string const& path : find_aliased()) {
    releases::release const* const dead = dead_release_of(path);
    for (reached_name const& each : reached_) {
      if (dead == nullptr || base::parent_of(dead->path) != base::parent_of(each.live)) continue;
      std::string const below = path.substr(dead->path.size());
      selected_script const* const live = find(selected_, each.live + below);
      if (live != nullptr && live->valid) continue;
      served_release_ = dead->path;
      throw still_served(each.link + below);
    }
  }
}

// Begins with the scripts that may show that a release is not dead after all.
void pruning::forget() {
  std::set<std::string> const aliased = find_aliased();
  auto const rest = std::stable_partition(chosen_.begin(), chosen_.end(),
                                          [&](std::string const& path) { return aliased.contains(path); });
  forget({chosen_.begin(), rest}, true);
  if (!served_.empty()) throw still_served(served_);
  forget({rest, chosen_.end()}, false);
}

std::set<std::string> pruning::find_aliased() {
  std::set<std::string> out;
  for (reached_name const& each : reached_) {
    std::vector<std::string> beside;
    for (releases::release const& dead : report_.dead) {
      if (base::parent_of(dead.path) == base::parent_of(each.live)) beside.push_back(dead.path);
    }
    if (beside.empty()) continue;
    for (releases::aliased_script& script : releases::scripts_with_aliases(php_, each.link, beside)) {
      out.insert(std::move(script.path));
    }
  }
  return out;
}

std::vector<std::string> pruning::names_of(std::string const& path) {
  std::vector<std::string> names;
  releases::release const* const dead = dead_release_of(path);
  for (reached_name const& each : reached_) {
    if (dead == nullptr || base::parent_of(dead->path) != base::parent_of(each.live)) continue;
    names.push_back(each.link + path.substr(dead->path.size()));
  }
  return names;
}

void pruning::forget(std::vector<std::string> const& paths, bool by_aliases_too) {
  // Invalidating a script takes some 10 us, and no worker has to compile anything for it.
  constexpr pacing pace{.pause = std::chrono::milliseconds{5}, .files = 100, .adapts = false};
  auto const call_for = [&](std::span<std::string const> part) {
    php::array names;
    for (std::string const& path : part) {
      auto const number = std::int64_t(names.entries.size());
      names.entries.push_back({number, list(by_aliases_too ? names_of(path) : std::vector<std::string>{})});
    }
    return ask("opcache.prune", {{"paths", list({part.begin(), part.end()})}, {"names", std::move(names)}});
  };
  auto const each = [&](std::string const& path, compile_row row) {
    if (row.outcome == file_outcome::served) {
      served_ = row.why;
      releases::release const* const release = dead_release_of(path);
      served_release_ = release == nullptr ? path : release->path;
    } else {
      done_[path] = {path, as_pruned(row.outcome), std::move(row.why), std::move(row.warnings)};
    }
  };
  file_by_file(php_, paths, pace, call_for, each, tell_);
}

error pruning::still_served(std::string const& name) const {
  auto const reached = std::find_if(reached_.begin(), reached_.end(),
                                    [&](reached_name const& each) { return at_or_below(name, each.link); });
  std::string const link = reached == reached_.end() ? name : reached->link;
  return error(error_kind::php_error, served_release_ + " is still served: OPcache leads " + name +
                                          " to it; nothing was forgotten that is in use")
      .advise("let the live release be served first: cachetool deploy:finish " + base::shell_word(link));
}

headroom pruning::needed() const {
  headroom largest;
  for (std::string const& kept : report_.kept) {
    headroom one;
    for (selected_script const& script : selected_.scripts) {
      if (!script.valid || !at_or_below(script.path, kept)) continue;
      one.memory += script.memory;
      ++one.keys;
    }
    if (one.memory > largest.memory) largest = one;
  }
  if (largest.keys > 0) return {anew(largest.memory), largest.keys};
  // Nobody knows what will be compiled next. This is the share that PHP itself considers worth a restart.
  std::int64_t const share = selected_.max_wasted_percentage;
  return {selected_.state.memory ? size_of(*selected_.state.memory) * share / 100 : 0,
          selected_.state.counts ? selected_.state.counts->max_keys * share / 100 : 0};
}

prune_report pruning::report() {
  status const after = query_.dry_run ? selected_.state : read_status(php_);
  report_.from = selected_.from;
  if (after.memory) report_.memory = *after.memory;
  if (after.counts) report_.free_keys = after.counts->max_keys - after.counts->keys;
  report_.needed = needed();
  bool const is_short =
      report_.memory.free < report_.needed.memory || report_.free_keys < report_.needed.keys || after.cache_full;
  report_.reset_pays = is_short && report_.memory.wasted > 0;
  report_.restarted = restarted(selected_.state, after);
  for (auto& [path, script] : done_) report_.scripts.push_back(std::move(script));
  return std::move(report_);
}

}  // namespace

prune_report prune(adapter::adapter& php, prune_query const& query, progress const& tell) {
  return pruning(php, query, tell).run();
}

}  // namespace cachetool::releases
