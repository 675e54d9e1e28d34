#include "releases/move_names.hpp"

#include <algorithm>
#include <utility>

#include "base/path.hpp"
#include "caches/ask.hpp"
#include "caches/compile_rows.hpp"

namespace cachetool::releases {
namespace {

using opcache::file_outcome;
using clock = std::chrono::steady_clock;

// Scripts that requests begin with go last: they bring all of the new release into use at once.
bool is_moved_before(std::string const& a, std::string const& b) {
  return !a.ends_with("/index.php") && b.ends_with("/index.php");
}

std::vector<std::string> paths_of(std::vector<aliased_script> const& scripts) {
  std::vector<std::string> out;
  for (aliased_script const& each : scripts) out.push_back(each.path);
  return out;
}

moved_name::outcome as_moved(file_outcome what) {
  switch (what) {
    case file_outcome::moved:
    case file_outcome::elsewhere:
      return moved_name::outcome::moved;
    case file_outcome::gone:
      return moved_name::outcome::gone;
    case file_outcome::not_cached:
    case file_outcome::kept:
      return moved_name::outcome::not_cached;
    case file_outcome::left:
      return moved_name::outcome::left;
    default:
      return moved_name::outcome::failed;
  }
}

}  // namespace

name_mover::name_mover(adapter::adapter& php, move_query query, std::vector<release>& old, opcache::progress tell)
    : php_(php), query_(std::move(query)), old_(old), tell_(std::move(tell)) {}

std::vector<aliased_script> name_mover::find() const {
  std::vector<std::string> old;
  for (release const& each : old_) old.push_back(each.path);
  if (old.empty()) return {};
  return scripts_with_aliases(php_, query_.current, old);
}

bool name_mover::leads_to(release const& release) {
  std::vector<std::string> scripts = paths_of(scripts_with_aliases(php_, query_.current, {release.path}));
  std::stable_sort(scripts.begin(), scripts.end(), is_moved_before);
  constexpr std::size_t most_tried = 4;  // scripts that requests begin with are last
  if (scripts.size() > most_tried) scripts.erase(scripts.begin() + most_tried - 1, scripts.end() - 1);
  return std::any_of(scripts.begin(), scripts.end(), [this](std::string const& each) { return led_to(each); });
}

// A name that never led to the script leaves no result, and nothing to look at again.
bool name_mover::led_to(std::string const& path) {
  std::size_t const before = names_.size();
  bool const is_to_be_looked_at_again = !move({path}).empty();
  return is_to_be_looked_at_again || names_.size() > before;
}

std::optional<std::string> name_mover::move_until_none_is_left(std::vector<aliased_script> const& scripts) {
  constexpr int most_rounds = 5;
  std::vector<std::string> names = paths_of(scripts);
  std::stable_sort(names.begin(), names.end(), is_moved_before);
  std::vector<std::string> moved = names;
  for (int round = 0; !moved.empty() && round < most_rounds; ++round) moved = move(names);
  if (moved.empty()) return std::nullopt;
  return "OPcache keeps " + moved.front() + ", to which a name below " + query_.current + " may lead";
}

std::vector<std::string> name_mover::move(std::vector<std::string> const& paths) {
  std::vector<std::string> again;
  auto const call_for = [this](std::span<std::string const> part) {
    std::vector<std::string> old;
    for (std::string const& path : part) old.push_back(old_release_of(path).path);
    return caches::ask("deploy.move", {{"current", query_.current},
                                       {"live_release", query_.live},
                                       {"paths", opcache::list({part.begin(), part.end()})},
                                       {"old", opcache::list(old)}});
  };
  auto const each = [&](std::string const& path, opcache::compile_row row) {
    if (row.outcome == file_outcome::moved || row.outcome == file_outcome::again) again.push_back(path);
    if (row.outcome != file_outcome::again) take(path, std::move(row));  // else nothing was decided yet
  };
  opcache::file_by_file(php_, paths, query_.pace, call_for, each, tell_);
  return again;
}

void name_mover::take(std::string const& path, opcache::compile_row row) {
  auto const known =
      std::find_if(names_.begin(), names_.end(), [&](moved_name const& name) { return name.path == path; });
  if (known != names_.end()) {
    known->what = as_moved(row.outcome);
    known->why = std::move(row.why);
    return;
  }
  if (row.outcome == file_outcome::elsewhere) return;  // the name never led to the old release
  release& old = old_release_of(path);
  old.scripts = std::max<std::int64_t>(old.scripts - 1, 0);  // nothing was counted for a release that the user named
  std::string live = query_.live + path.substr(old.path.size());
  names_.push_back({path, std::move(live), as_moved(row.outcome), std::move(row.why)});
}

release& name_mover::old_release_of(std::string const& path) const {
  auto const found =
      std::find_if(old_.begin(), old_.end(), [&](release const& each) { return base::lies_in(path, each.path); });
  if (found == old_.end()) throw error(error_kind::protocol, path + " is of no release that was live before");
  return *found;
}

std::vector<std::string> name_mover::that_lead_nowhere() const {
  std::vector<std::string> out;
  for (moved_name const& each : names_) {
    bool const leads_nowhere = each.what == moved_name::outcome::left || each.what == moved_name::outcome::not_cached;
    if (leads_nowhere) out.push_back(each.path);
  }
  return out;
}

std::optional<std::string> name_mover::await_first_visitors(std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds a_while{1000};
  constexpr std::chrono::milliseconds between{100};
  auto const until = clock::now() + std::min(a_while, patience);
  for (;;) {
    std::vector<std::string> const waiting = that_lead_nowhere();
    if (waiting.empty()) return std::nullopt;
    if (clock::now() >= until) {
      std::string const name = waiting.front().substr(old_release_of(waiting.front()).path.size());
      return query_.current + name + " is compiled by its first visitor, who has not come yet, and until then that " +
             "name may come to lead to the previous release";
    }
    php_.pause(between);
    move(waiting);
  }
}

}  // namespace cachetool::releases
