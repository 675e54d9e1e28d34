#include "releases/outside.hpp"

#include <algorithm>

#include "base/path.hpp"
#include "caches/script_selection.hpp"

namespace cachetool::releases {
namespace {

using opcache::at_or_below;
using opcache::file_state;
using opcache::known_file;
using opcache::script_selection;
using opcache::selected_script;

// A directory such as /srv or /var holds more than one site.
bool is_of_a_site(std::string const& directory) {
  return std::count(directory.begin(), directory.end(), '/') >= 2;
}

bool is_also_taken(outside_query const& query, std::string const& path) {
  return std::any_of(query.also.begin(), query.also.end(),
                     [&path](std::string const& each) { return at_or_below(path, each); });
}

bool is_outside(outside_query const& query, std::string const& path) {
  auto const has_it = [&path](std::string const& each) { return at_or_below(path, each); };
  return is_also_taken(query, path) || std::any_of(query.but.begin(), query.but.end(), has_it) ||
         std::none_of(query.without.begin(), query.without.end(), has_it);
}

std::vector<known_file> possibly_changed(outside_query const& query, script_selection const& in) {
  std::vector<known_file> files;
  for (selected_script const& script : in.scripts) {
    if (!script.valid || !is_outside(query, script.path) || opcache::is_preloaded(in, script.path)) continue;
    bool const is_remembered = query.unchanged && in.state.file_cache.empty() && !is_also_taken(query, script.path);
    if (is_remembered && query.unchanged(script.path)) continue;
    files.push_back({script.path, script.cached_at, script.timestamp, {}});
  }
  return files;
}

void take(outside_report& into, std::string const& path, opcache::compile_row const& row) {
  using opcache::file_outcome;
  if (row.outcome == file_outcome::cached) {
    ++into.refreshed;
  } else if (row.outcome == file_outcome::gone) {
    ++into.forgotten;
  } else if (row.outcome == file_outcome::failed) {
    into.failed.push_back(path + ": " + row.why);
  }
}

}  // namespace

void outside_query::take_too(std::string const& directory) {
  also.push_back(directory);
  bool const is_in = std::any_of(directories.begin(), directories.end(),
                                 [&](std::string const& each) { return at_or_below(directory, each); });
  if (!is_in) directories.push_back(directory);
}

outside_query outside_of(std::string const& current, std::string const& live) {
  outside_query out;
  std::string const releases = base::parent_of(live);
  std::string const site = base::parent_of(releases);
  std::string const around_link = base::parent_of(current);
  if (is_of_a_site(site)) out.directories.push_back(site);
  if (at_or_below(live, around_link) && around_link != "/" && !at_or_below(around_link, site)) {
    out.directories.push_back(around_link);
  }
  if (out.directories.empty() && releases != "/") out.directories.push_back(releases + "/shared");
  out.without.push_back(releases);
  out.but.push_back(releases + "/shared");
  return out;
}

outside_report refresh_outside(adapter::adapter& php, outside_query const& query) {
  outside_report out;
  script_selection const all = opcache::select(php, query.directories);
  std::vector<known_file> const files = possibly_changed(query, all);
  auto const states = opcache::examine(php, files, all.validates_timestamps);
  std::vector<std::string> work;
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (states[i] == file_state::unchanged || states[i] == file_state::hidden) continue;
    work.push_back(files[i].path);
    if (states[i] == file_state::changed) bytes += opcache::find(all, files[i].path)->memory;
  }
  if (work.empty()) return out;
  opcache::require_room(all, bytes, 0, "compile " + std::to_string(work.size()) + " scripts of the site anew");
  auto const call_for = [](std::span<std::string const> part) {
    return opcache::ask("opcache.refresh", {{"paths", opcache::list({part.begin(), part.end()})}});
  };
  opcache::file_by_file(php, work, query.pace, call_for,
                        [&out](std::string const& path, opcache::compile_row const& row) { take(out, path, row); }, {});
  return out;
}

}  // namespace cachetool::releases
