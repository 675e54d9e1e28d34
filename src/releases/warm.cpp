#include "releases/warm.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/path.hpp"
#include "base/text.hpp"
#include "caches/file_entries.hpp"
#include "caches/script_selection.hpp"

namespace cachetool::releases {

using opcache::ask;
using opcache::at_or_below;
using opcache::cache_space;
using opcache::compile_row;
using opcache::delete_stale_file_entries;
using opcache::examine;
using opcache::file_by_file;
using opcache::file_outcome;
using opcache::file_state;
using opcache::is_in_phar;
using opcache::is_preloaded;
using opcache::known_file;
using opcache::list;
using opcache::pacing;
using opcache::progress;
using opcache::require_room;
using opcache::script_selection;
using opcache::select;
using opcache::selected_script;
namespace {

using warm_outcome = warmed_script::outcome;

struct other_name {
  std::string name;
  std::string leads_to;
};

struct seen_release {
  std::string release;
  base::file_identity itself;
  std::vector<other_name> links;
};

seen_release look_around(adapter::adapter& php, std::string const& release) {
  agent::answer const answer = php.run(ask("opcache.releases", {{"release", release}}));
  php::value const& v = answer.result;
  seen_release out{std::string(v["release"].as_string()),
                   {static_cast<std::uint64_t>(v["device"].as_int()), static_cast<std::uint64_t>(v["inode"].as_int())},
                   {}};
  if (out.release.empty()) {
    throw error(error_kind::not_found, "php-fpm sees no directory " + release)
        .advise("is it spelled as php-fpm sees it? a chroot, a container or open_basedir may show it other paths");
  }
  for (php::entry const& each : answer.result["links"].entries()) {
    out.links.push_back({std::string(each.item["0"].as_string()), std::string(each.item["1"].as_string())});
  }
  return out;
}

bool is_current(other_name const& each) {
  return each.name.ends_with("/current");
}

/// The target of "current". Without one: the target of the only link that leads to another release than this.
std::string running(seen_release const& around) {
  auto const current = std::find_if(around.links.begin(), around.links.end(), is_current);
  if (current != around.links.end()) return current->leads_to;
  std::set<std::string> others;
  for (other_name const& each : around.links) others.insert(each.leads_to);
  return others.size() == 1 ? *others.begin() : "";
}

std::string below(std::string const& directory, std::string const& path, std::string const& other) {
  return other + path.substr(directory.size());
}

class warming {
 public:
  warming(adapter::adapter& php, std::string const& release, warm_options const& options, progress const& tell)
      : php_(php),
        options_(options),
        tell_(tell),
        around_(look_around(php, release)),
        running_(options.running.value_or(running(around_))) {}

  warm_report run() {
    choose();
    if (!options_.dry_run) clean_file_cache();
    sort_out();
    require_room_for_all();
    if (options_.dry_run) return report();
    detach();
    compile();
    compile_generated();
    return report();
  }

 private:
  void choose();
  void clean_file_cache() const;
  void sort_out();
  void sort_out_valid(std::vector<known_file> const& files);
  void require_that_it_does_not_run() const;
  void require_room_for_all() const;
  bool is_known(std::string const& path);
  void detach();
  void compile();
  void compile_generated();
  [[nodiscard]] std::set<std::string> directories_of_generated() const;
  void compiled(std::string const& path, compile_row row);
  warm_report report();
  [[nodiscard]] std::vector<std::string> names_of(std::string const& path) const;
  [[nodiscard]] php::value names_of_all(std::span<std::string const> part) const;
  void find_dead_names();

  adapter::adapter& php_;
  warm_options const& options_;
  progress const& tell_;
  seen_release around_;
  std::string running_;
  script_selection selected_;                             // of this release, and of the running one
  std::set<std::string> in_use_;                          // files of this release that the running one has cached
  std::set<std::string> wanted_;                          // files of this release to compile
  std::set<std::string> invalid_;                         // those of `to_detach_` that were invalidated before
  std::map<std::string, std::vector<std::string>> dead_;  // names that may lead to one of these
  std::vector<std::string> to_detach_;
  std::vector<std::string> to_compile_;
  bool full_ = false;
  std::set<std::string> missing_;
  std::size_t generated_ = 0;
  std::vector<known_file> checked_;
  std::set<std::string> by_content_;
  std::map<std::string, warmed_script> done_;
};

void warming::choose() {
  std::vector<std::string> names{around_.release};
  if (!running_.empty()) names.push_back(running_);
  selected_ = select(php_, names);
  bool const another_runs = !running_.empty() && running_ != around_.release;
  for (selected_script const& script : selected_.scripts) {
    if (!another_runs || !script.valid || !at_or_below(script.path, running_)) continue;
    // What it declares stays until a reload, and nothing else can declare it.
    if (is_preloaded(selected_, script.path)) continue;
    if (is_in_phar(script.path)) continue;  // its first visitor compiles it
    in_use_.insert(below(running_, script.path, around_.release));
  }
  wanted_ = in_use_;
  for (std::string const& path : options_.files) {
    if (options_.like_running && !in_use_.empty()) break;
    if (at_or_below(path, around_.release)) wanted_.insert(path);
  }
  if (wanted_.empty()) throw error(error_kind::not_found, "there is nothing to compile in " + around_.release);
}

// Files that are not compiled here are cleaned, too: otherwise a release that was built again in its place would go on
// serving them.
void warming::clean_file_cache() const {
  if (running_ != around_.release) delete_stale_file_entries(php_, selected_, {around_.release}, false);
}

// A cached script of the release is ready unless its file has changed. An invalidated one must be detached first. Every
// other cached script goes live, too, so this looks at all.
void warming::sort_out() {
  std::vector<known_file> files;
  for (std::string const& path : wanted_) {
    selected_script const* const script = find(selected_, path);
    if (script == nullptr) {
      to_compile_.push_back(path);
    } else if (!script->valid) {
      to_detach_.push_back(path);
      invalid_.insert(path);
    } else {
      files.push_back({path, script->cached_at, script->timestamp, {}});
    }
  }
  for (selected_script const& script : selected_.scripts) {
    bool const is_other = script.valid && at_or_below(script.path, around_.release) && !wanted_.contains(script.path);
    if (is_other && running_ != around_.release && !is_preloaded(selected_, script.path)) {
      files.push_back({script.path, script.cached_at, script.timestamp, {}});
    }
  }
  sort_out_valid(files);
  require_that_it_does_not_run();
}

void warming::sort_out_valid(std::vector<known_file> const& files) {
  std::vector<known_file> unknown;
  for (known_file const& file : files) {
    if (!is_known(file.path)) unknown.push_back(file);
  }
  auto const states = examine(php_, unknown, selected_.validates_timestamps);
  std::set<std::string> changed;
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    if (states[i] != file_state::unchanged) changed.insert(unknown[i].path);
  }
  for (known_file const& file : files) {
    if (changed.contains(file.path)) {
      to_detach_.push_back(file.path);
    } else {
      checked_.push_back(file);
      if (wanted_.contains(file.path)) done_[file.path] = {file.path, warm_outcome::ready, {}, {}};
    }
  }
}

// Scripts that OPcache loads from files of its own may be older than anything that is known here. And if PHP looks at
// timestamps, it compiles a file with a new one again, whatever its content.
bool warming::is_known(std::string const& path) {
  auto const& known = options_.known;
  if (!known || known->directory != around_.itself || !selected_.state.file_cache.empty()) return false;
  if (known->unchanged(path)) return true;
  if (selected_.validates_timestamps || !known->contents || !known->contents->still_has(selected_, path)) return false;
  if (!known->contents->has_same_bytes(path, *known->hashes)) return false;
  by_content_.insert(path);
  return true;
}

void warming::require_that_it_does_not_run() const {
  if (running_ != around_.release || to_detach_.empty()) return;
  throw error(error_kind::php_error, around_.release + " is the release that runs, and " +
                                         std::to_string(to_detach_.size()) + " of its cached scripts may have changed")
      .advise("cachetool opcache:refresh " + base::shell_word(around_.release));
}

// Estimated from the running release's scripts. The memory of others shows when they are compiled.
void warming::require_room_for_all() const {
  cache_space needed = options_.reserve;
  for (auto const* paths : {&to_detach_, &to_compile_}) {
    for (std::string const& path : *paths) {
      selected_script const* const like =
          find(selected_, running_.empty() || is_in_phar(path) ? path : below(around_.release, path, running_));
      if (like == nullptr) continue;
      needed.bytes += like->memory;
      ++needed.keys;
    }
  }
  if (needed.bytes == 0) return;
  require_room(selected_, needed.bytes, needed.keys, "compile " + std::to_string(needed.keys) + " scripts");
}

// The names that lead to the file through each link to a release that may run.
std::vector<std::string> warming::names_of(std::string const& path) const {
  std::vector<std::string> names;
  if (is_in_phar(path)) return names;  // PHP resolves the links in such a name itself
  for (other_name const& each : around_.links) {
    if (each.leads_to != around_.release) names.push_back(below(around_.release, path, each.name));
  }
  for (std::string const& name : options_.links) names.push_back(below(around_.release, path, name));
  return names;
}

php::value warming::names_of_all(std::span<std::string const> part) const {
  php::array out;
  for (std::string const& path : part) {
    out.entries.push_back({std::int64_t(out.entries.size()), list(names_of(path))});
  }
  return out;
}

// A valid script tells by itself which names lead to it: they die with it.
void warming::find_dead_names() {
  std::vector<std::pair<std::string, std::string>> names;
  for (std::string const& path : invalid_) {
    for (std::string& name : names_of(path)) names.emplace_back(path, std::move(name));
  }
  constexpr std::size_t at_once = 200;
  for (std::size_t i = 0; i < names.size(); i += at_once) {
    std::vector<std::string> part;
    for (std::size_t k = i; k < std::min(i + at_once, names.size()); ++k) part.push_back(names[k].second);
    agent::answer const answer =
        php_.run(ask("opcache.dead_names", {{"names", list(part)}, {"within", around_.release}}));
    std::string_view const letters = answer.result.as_string();
    if (letters.size() != part.size()) throw error(error_kind::protocol, "what became of the names is missing");
    for (std::size_t k = 0; k < part.size(); ++k) {
      if (letters[k] != '-') dead_[names[i + k].first].push_back(part[k]);
    }
  }
}

void warming::detach() {
  find_dead_names();
  auto const call_for = [this](std::span<std::string const> part) {
    php::array dead;
    for (std::string const& path : part) {
      dead.entries.push_back({std::int64_t(dead.entries.size()), list(dead_[path])});
    }
    return ask("opcache.detach",
               {{"paths", list({part.begin(), part.end()})}, {"names", names_of_all(part)}, {"dead", std::move(dead)}});
  };
  file_by_file(php_, to_detach_, options_.pace, call_for,
               [this](std::string const& path, compile_row row) {
                 if (row.outcome == file_outcome::cached) {
                   to_compile_.push_back(path);
                 } else {
                   done_[path] = {path, warm_outcome::left_out, std::move(row.why), {}};
                 }
               },
               {});
}

void warming::compile() {
  std::sort(to_compile_.begin(), to_compile_.end());
  php::array reserve;
  for (std::int64_t const number : {options_.reserve.bytes, options_.reserve.keys}) {
    reserve.entries.push_back({std::int64_t(reserve.entries.size()), number});
  }
  auto const call_for = [&](std::span<std::string const> part) {
    return ask("opcache.refresh", {{"paths", list({part.begin(), part.end()})}, {"reserve", reserve}});
  };
  pacing pace = options_.pace;
  pace.live = false;
  file_by_file(
      php_, to_compile_, pace, call_for,
      [this](std::string const& path, compile_row row) { compiled(path, std::move(row)); }, tell_,
      [this] { return !full_; });
  if (!full_) return;
  for (std::string const& path : to_compile_)
    done_.try_emplace(path, warmed_script{path, warm_outcome::no_room, {}, {}});
}

// Caches that an application generates have names of their own in each build: var/cache/prod/Container<hash>. If at
// least half of the used files of a directory are missing here, this compiles what is there in their place: the
// directory's files, or those of the nearest directory above that exists, but never those of the release itself.
std::set<std::string> warming::directories_of_generated() const {
  std::map<std::string, std::pair<std::size_t, std::size_t>>
      used;  // how many of them are missing, and how many are used
  for (std::string const& path : in_use_) {
    auto& [missing, all] = used[base::parent_of(path)];
    missing += missing_.count(path);
    ++all;
  }
  auto const is_there = [this](std::string const& directory) {
    return std::any_of(options_.files.begin(), options_.files.end(),
                       [&](std::string const& file) { return at_or_below(file, directory); });
  };
  std::set<std::string> out;
  for (auto const& [directory, counts] : used) {
    if (counts.first * 2 < counts.second || counts.first == 0) continue;
    std::string place = directory;
    while (place.size() > around_.release.size() && !is_there(place)) place = base::parent_of(place);
    if (place.size() > around_.release.size()) out.insert(std::move(place));
  }
  return out;
}

void warming::compile_generated() {
  if (missing_.empty() || full_ || !options_.like_running) return;
  std::set<std::string> const directories = directories_of_generated();
  to_compile_.clear();
  for (std::string const& file : options_.files) {
    bool const is_generated = std::any_of(directories.begin(), directories.end(),
                                          [&](std::string const& each) { return at_or_below(file, each); });
    if (is_generated && !done_.contains(file) && find(selected_, file) == nullptr) to_compile_.push_back(file);
  }
  constexpr std::size_t times = 20;  // of the missing files: a container has far more files than a page uses
  if (to_compile_.size() > times * missing_.size()) to_compile_.resize(times * missing_.size());
  compile();
  for (std::string const& file : to_compile_) {
    auto const done = done_.find(file);
    if (done != done_.end() && done->second.what == warm_outcome::compiled) ++generated_;
  }
}

void warming::compiled(std::string const& path, compile_row row) {
  if (row.outcome == file_outcome::gone) {  // the running release has it, and this one does not
    if (in_use_.contains(path)) missing_.insert(path);
    return;
  }
  full_ = full_ || row.outcome == file_outcome::no_room;
  warm_outcome const what = opcache::outcome_of_compiling(row.outcome, warm_outcome::compiled);
  if (what == warm_outcome::compiled) checked_.push_back({path, 0, 0, row.look});
  done_[path] = {path, what, std::move(row.why), std::move(row.warnings)};
}

warm_report warming::report() {
  warm_report out;
  out.from = selected_.from;
  out.release = around_.release;
  out.running = running_;
  out.in_use = in_use_.size();
  out.missing = missing_.size();
  out.generated = generated_;
  out.checked = std::move(checked_);
  out.by_content = std::move(by_content_);
  out.validates_timestamps = selected_.validates_timestamps;
  for (auto& [path, script] : done_) {
    script.in_use = in_use_.contains(path);
    out.scripts.push_back(std::move(script));
  }
  if (options_.dry_run) out.planned = to_detach_.size() + to_compile_.size();
  if (selected_.state.memory) out.free = selected_.state.memory->free;
  return out;
}

}  // namespace

std::vector<std::string> changed_since(adapter::adapter& php, warm_report const& report, warm_options const& options) {
  std::vector<known_file> unknown;
  std::vector<std::string> out;
  for (known_file const& file : report.checked) {
    if (report.by_content.contains(file.path)) {
      if (!options.known->contents->has_same_bytes(file.path, *options.known->hashes)) out.push_back(file.path);
    } else if (!file.look.empty() || !options.known || !options.known->unchanged(file.path)) {
      unknown.push_back(file);
    }
  }
  auto const states = examine(php, unknown, report.validates_timestamps);
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    if (states[i] != file_state::unchanged) out.push_back(unknown[i].path);
  }
  return out;
}

warm_report warm(adapter::adapter& php, std::string const& release, warm_options const& options, progress const& tell) {
  return warming(php, release, options, tell).run();
}

}  // namespace cachetool::releases
