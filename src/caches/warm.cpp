#include "caches/warm.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "caches/file_entries.hpp"
#include "caches/selection.hpp"

namespace cachetool::opcache {
namespace {

using outcome = warmed_script::outcome;

struct link {
  std::string name;
  std::string leads_to;
};

struct surroundings {
  std::string release;
  std::vector<link> links;
};

surroundings look_around(adapter::adapter& php, std::string const& release) {
  agent::answer const answer = php.run(ask("opcache.releases", {{"release", release}}));
  surroundings out{std::string(answer.result["release"].as_string()), {}};
  if (out.release.empty()) {
    throw error(error_kind::not_found, "php-fpm sees no directory " + release)
        .advise("is it spelled as php-fpm sees it? a chroot, a container or open_basedir may show it other paths");
  }
  for (php::entry const& each : answer.result["links"].entries()) {
    out.links.push_back({std::string(each.item["0"].as_string()), std::string(each.item["1"].as_string())});
  }
  return out;
}

bool is_current(link const& each) {
  return each.name.ends_with("/current");
}

/// Where "current" leads; without it, where the only link does that leads to another release than this.
std::string running(surroundings const& around) {
  auto const current = std::find_if(around.links.begin(), around.links.end(), is_current);
  if (current != around.links.end()) return current->leads_to;
  std::set<std::string> others;
  for (link const& each : around.links) others.insert(each.leads_to);
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
    clean_file_cache();
    sort_out();
    require_room_for_all();
    detach();
    compile();
    return report();
  }

 private:
  void choose();
  void clean_file_cache() const;
  void sort_out();
  void require_room_for_all() const;
  void detach();
  void compile();
  warm_report report();
  [[nodiscard]] php::value names_of(std::span<std::string const> part) const;

  adapter::adapter& php_;
  warm_options const& options_;
  progress const& tell_;
  surroundings around_;
  std::string running_;
  selection selected_;            // of the release, and of the one that runs
  std::set<std::string> in_use_;  // files of the release that the one that runs has cached
  std::set<std::string> wanted_;  // files of the release that are compiled
  std::vector<std::string> to_detach_;
  std::vector<std::string> to_compile_;
  std::map<std::string, warmed_script> done_;
};

void warming::choose() {
  std::vector<std::string> names{around_.release};
  if (!running_.empty()) names.push_back(running_);
  selected_ = select(php_, names);
  bool const another_runs = !running_.empty() && running_ != around_.release;
  for (selected_script const& script : selected_.scripts) {
    if (!another_runs || !script.valid || !at_or_below(script.path, running_)) continue;
    in_use_.insert(below(running_, script.path, around_.release));
  }
  wanted_ = in_use_;
  for (std::string const& path : options_.files) {
    if (options_.like_running && !in_use_.empty()) break;
    if (at_or_below(path, around_.release)) wanted_.insert(path);
  }
  if (wanted_.empty()) throw error(error_kind::not_found, "there is nothing to compile in " + around_.release);
}

// Also of files that are not compiled here: a release that was built anew in its place would go on serving them.
void warming::clean_file_cache() const {
  if (running_ != around_.release) delete_stale_file_entries(php_, selected_, {around_.release}, false);
}

// What is cached of the release is ready unless it has changed; what was invalidated must be detached first.
void warming::sort_out() {
  std::vector<known_file> files;
  for (std::string const& path : wanted_) {
    selected_script const* const script = find(selected_, path);
    if (script == nullptr) {
      to_compile_.push_back(path);
    } else if (!script->valid) {
      to_detach_.push_back(path);
    } else {
      files.push_back({path, script->cached_at, script->timestamp, {}});
    }
  }
  auto const states = examine(php_, files, selected_.validates_timestamps);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (states[i] == file_state::unchanged) {
      done_[files[i].path] = {files[i].path, outcome::ready, {}, {}};
    } else {
      to_detach_.push_back(files[i].path);
    }
  }
  if (running_ != around_.release || to_detach_.empty()) return;
  throw error(error_kind::php_error, around_.release + " is the release that runs, and " +
                                         std::to_string(to_detach_.size()) + " of its cached scripts may have changed")
      .advise("cachetool opcache:refresh " + around_.release);
}

void warming::require_room_for_all() const {
  std::int64_t bytes = 0;
  std::int64_t count = 0;
  std::int64_t known = 0;
  for (selected_script const& script : selected_.scripts) known += script.memory;
  auto const all = std::int64_t(selected_.scripts.size());
  for (auto const* paths : {&to_detach_, &to_compile_}) {
    for (std::string const& path : *paths) {
      selected_script const* const like =
          find(selected_, running_.empty() ? path : below(around_.release, path, running_));
      bytes += like != nullptr ? like->memory : all > 0 ? known / all : 16 * 1024;
      ++count;
    }
  }
  require_room(selected_, bytes, count, "compile " + std::to_string(count) + " scripts");
}

// The names that lead to the file by each link to a release that may run.
php::value warming::names_of(std::span<std::string const> part) const {
  php::array out;
  for (std::string const& path : part) {
    std::vector<std::string> names;
    for (link const& each : around_.links) {
      if (each.leads_to != around_.release) names.push_back(below(around_.release, path, each.name));
    }
    for (std::string const& name : options_.links) names.push_back(below(around_.release, path, name));
    out.entries.push_back({std::int64_t(out.entries.size()), list(names)});
  }
  return out;
}

void warming::detach() {
  auto const call_for = [this](std::span<std::string const> part) {
    return ask("opcache.detach", {{"paths", list({part.begin(), part.end()})},
                                  {"names", names_of(part)},
                                  {"pause", std::int64_t{options_.pace.pause.count()}}});
  };
  file_by_file(php_, to_detach_, options_.pace, call_for,
               [this](std::string const& path, compile_row row) {
                 if (row.outcome == "cached") {
                   to_compile_.push_back(path);
                 } else {
                   done_[path] = {path, outcome::left_out, std::move(row.why), {}};
                 }
               },
               {});
}

void warming::compile() {
  std::sort(to_compile_.begin(), to_compile_.end());
  auto const call_for = [this](std::span<std::string const> part) {
    return ask("opcache.refresh",
               {{"paths", list({part.begin(), part.end()})}, {"pause", std::int64_t{options_.pace.pause.count()}}});
  };
  file_by_file(
      php_, to_compile_, options_.pace, call_for,
      [this](std::string const& path, compile_row row) {
        if (row.outcome == "gone") return;  // the release that runs has it, and this one has not
        outcome const what = row.outcome == "cached"       ? outcome::compiled
                             : row.outcome == "not_cached" ? outcome::not_cached
                                                           : outcome::failed;
        done_[path] = {path, what, std::move(row.why), std::move(row.warnings)};
      },
      tell_);
}

warm_report warming::report() {
  warm_report out{selected_.from, around_.release, running_, {}};
  for (auto& [path, script] : done_) {
    script.in_use = in_use_.contains(path);
    out.scripts.push_back(std::move(script));
  }
  return out;
}

}  // namespace

std::string running_release(adapter::adapter& php, std::string const& release) {
  return running(look_around(php, release));
}

warm_report warm(adapter::adapter& php, std::string const& release, warm_options const& options, progress const& tell) {
  return warming(php, release, options, tell).run();
}

}  // namespace cachetool::opcache
