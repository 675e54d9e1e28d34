#include "caches/opcache_refresh.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "caches/file_entries.hpp"
#include "caches/opcache.hpp"
#include "caches/script_selection.hpp"

namespace cachetool::opcache {
namespace {

using outcome = refreshed_script::outcome;

outcome as_refreshed(file_outcome what) {
  if (what == file_outcome::gone) return outcome::forgotten;
  if (what == file_outcome::kept) return outcome::kept;
  return outcome_of_compiling(what, outcome::refreshed);
}

class refreshing {
 public:
  refreshing(adapter::adapter& php, refresh_query const& query, progress const& tell)
      : php_(php), query_(query), tell_(tell), selected_(select(php, query.names)) {}

  refresh_report run() {
    clean_file_cache();
    choose();
    sort_out(examine(php_, files_, selected_.validates_timestamps), query_.which != refresh_query::scope::changed);
    require_room_for_work();
    work();
    once_more();
    return report();
  }

 private:
  void clean_file_cache();
  void choose();
  void require_scripts_below(std::string const& name) const;
  void choose_listed(std::string const& path);
  bool choose_in_phar(std::string const& path);
  void sort_out(std::vector<file_state> const& states, bool all);
  void take(known_file const& file, file_state state);
  void require_room_for_work() const;
  void work();
  void work_on(std::vector<std::string> const& paths, bool if_room, progress const& tell);
  void once_more();
  refresh_report report();

  adapter::adapter& php_;
  refresh_query const& query_;
  progress const& tell_;
  script_selection selected_;
  std::vector<known_file> files_;  // that may have changed
  std::vector<std::string> work_;  // those of `files_` that have changed
  std::map<std::string, refreshed_script> done_;
  std::map<std::string, std::string> looks_;  // how the files in `done_` looked
  refresh_report report_;
};

// Done before anything else: from now on a visitor makes OPcache load only what is as the files are.
void refreshing::clean_file_cache() {
  report_.file_entries =
      delete_stale_file_entries(php_, selected_, selected_.names, query_.which == refresh_query::scope::all);
  if (report_.file_entries > 0) selected_ = select(php_, query_.names);
}

void refreshing::choose() {
  if (query_.which == refresh_query::scope::listed) {
    std::set<std::string> const listed(selected_.names.begin(), selected_.names.end());
    for (std::string const& path : listed) choose_listed(path);
    return;
  }
  for (std::string const& name : selected_.missing) require_scripts_below(name);
  bool const may_know = query_.unchanged && query_.which == refresh_query::scope::changed;
  bool const is_told = may_know && selected_.state.file_cache.empty();  // a file cache may hold older code
  for (selected_script const& script : selected_.scripts) {
    if (!script.valid || (is_told && query_.unchanged(script.path))) continue;
    files_.push_back({script.path, script.cached_at, script.timestamp, {}});
  }
}

void refreshing::require_scripts_below(std::string const& name) const {
  bool const any = std::any_of(selected_.scripts.begin(), selected_.scripts.end(),
                               [&](selected_script const& script) { return at_or_below(script.path, name); });
  if (any || report_.file_entries > 0) return;
  throw error(error_kind::not_found, "php-fpm sees no " + name + ", and has nothing of it in its cache")
      .advise("is it spelled as php-fpm sees it? a chroot, a container or open_basedir may show it other paths");
}

void refreshing::choose_listed(std::string const& path) {
  selected_script const* const script = find(selected_, path);
  bool const is_phar = choose_in_phar(path);
  if (script != nullptr && script->valid) {
    files_.push_back({path, script->cached_at, script->timestamp, {}});
  } else if (path.ends_with(".php")) {
    files_.push_back({path, 0, 0, {}});
  } else if (!is_phar) {
    ++report_.skipped;
  }
}

// Naming a phar means the scripts in it.
bool refreshing::choose_in_phar(std::string const& path) {
  bool any = false;
  for (selected_script const& script : selected_.scripts) {
    if (!script.valid || !is_in_phar(script.path) || !at_or_below(script.path, path)) continue;
    files_.push_back({script.path, script.cached_at, script.timestamp, {}});
    any = true;
  }
  return any;
}

// `all`: also those that have not changed.
void refreshing::sort_out(std::vector<file_state> const& states, bool all) {
  work_.clear();
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (all || states[i] != file_state::unchanged) take(files_[i], states[i]);
  }
}

void refreshing::take(known_file const& file, file_state state) {
  if (is_preloaded(selected_, file.path)) {
    done_[file.path] = {file.path, outcome::preloaded, {}, {}};
  } else if (state == file_state::hidden) {
    done_[file.path] = {file.path, outcome::failed, "this pool is not allowed to look at it", {}, true};
  } else if (state == file_state::gone && find(selected_, file.path) == nullptr) {
    ++report_.skipped;
  } else {
    work_.push_back(file.path);
  }
}

void refreshing::require_room_for_work() const {
  std::int64_t bytes = 0;
  std::int64_t keys = 0;
  for (std::string const& path : work_) {
    selected_script const* const script = find(selected_, path);
    bytes += script != nullptr ? script->memory : 0;
    keys += script != nullptr ? 0 : 1;
  }
  require_room(selected_, bytes, keys, "compile " + std::to_string(work_.size()) + " scripts anew");
}

// Cached scripts come first, whether there is room or not: old code must not be served any longer. New scripts must not
// fill the cache.
void refreshing::work() {
  auto const is_cached = [this](std::string const& path) { return find(selected_, path) != nullptr; };
  auto const middle = std::stable_partition(work_.begin(), work_.end(), is_cached);
  std::vector<std::string> const known(work_.begin(), middle);
  std::vector<std::string> const added(middle, work_.end());
  std::size_t const total = work_.size();
  auto const tell_from = [this, total](std::size_t before) -> progress {
    if (!tell_) return {};
    return [this, total, before](std::size_t done, std::size_t) { tell_(before + done, total); };
  };
  work_on(known, false, tell_from(0));
  work_on(added, true, tell_from(known.size()));
}

void refreshing::work_on(std::vector<std::string> const& paths, bool if_room, progress const& tell) {
  php::value const nothing_more = php::array{{{std::int64_t{0}, std::int64_t{0}}, {std::int64_t{1}, std::int64_t{0}}}};
  php::value const reserve = if_room ? nothing_more : php::value();
  auto const call_for = [&](std::span<std::string const> part) {
    return ask("opcache.refresh", {{"paths", list({part.begin(), part.end()})}, {"reserve", reserve}});
  };
  auto const each = [this](std::string const& path, compile_row row) {
    done_[path] = {path, as_refreshed(row.outcome), std::move(row.why), std::move(row.warnings)};
    looks_[path] = std::move(row.look);
  };
  file_by_file(php_, paths, query_.pace, call_for, each, tell);
}

// Handles files that were changed while the others were worked on.
void refreshing::once_more() {
  if (work_.empty()) return;
  for (known_file& file : files_) {
    if (auto const look = looks_.find(file.path); look != looks_.end()) file.look = look->second;
  }
  std::erase_if(files_, [this](known_file const& file) {
    bool const still_as_cached = find(selected_, file.path) != nullptr && !done_.contains(file.path);
    return file.look.empty() && !still_as_cached;  // nothing is left that could be out of date
  });
  sort_out(examine(php_, files_, selected_.validates_timestamps), false);
  work();
}

refresh_report refreshing::report() {
  status const after = read_status(php_);
  report_.from = selected_.from;
  report_.frozen = selected_.frozen;
  report_.keeps_times = selected_.keeps_times;
  if (after.memory) report_.memory = *after.memory;
  report_.restarted = restarted(selected_.state, after);
  for (selected_script const& script : selected_.scripts) {
    report_.unchanged += script.valid && !done_.contains(script.path) ? 1 : 0;
  }
  for (auto& [path, script] : done_) report_.scripts.push_back(std::move(script));
  return std::move(report_);
}

}  // namespace

refresh_report refresh(adapter::adapter& php, refresh_query const& query, progress const& tell) {
  return refreshing(php, query, tell).run();
}

}  // namespace cachetool::opcache
