#include "releases/switched_links.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/deadline.hpp"
#include "base/path.hpp"
#include "caches/compile_rows.hpp"
#include "caches/every_worker.hpp"
#include "caches/figures.hpp"
#include "caches/opcache_answer.hpp"

namespace cachetool::releases {
namespace {

constexpr std::int64_t most_parts = 1000;   // of the names that are tried
constexpr std::size_t most_links = 10'000;  // that workers remember; each is told to name a thousand at most

/// For each link, the targets that workers remember, with the workers.
using memories = std::map<std::string, std::map<std::string, std::vector<std::int64_t>>>;

bool is_absolute(std::string_view path) {
  return path.starts_with('/');
}

// /proc/self leads elsewhere in each process, and no code lies there.
bool is_of_kernel(std::string_view link) {
  return base::lies_in(link, "/proc") || base::lies_in(link, "/sys") || base::lies_in(link, "/dev");
}

void take(memories& into, agent::answer const& remembered) {
  for (php::entry const& each : remembered.result.entries()) {
    auto const* const link = std::get_if<std::string>(&each.key);
    std::string target(each.item.as_string());
    bool const is_past = target.empty();  // there is a link, and the worker would look again where it leads
    if (link == nullptr || !is_absolute(*link) || is_of_kernel(*link) || (!is_past && !is_absolute(target))) continue;
    auto& targets = into[*link];
    if (!is_past) targets[std::move(target)].push_back(remembered.pid);
  }
  if (into.size() > most_links) {
    throw error(error_kind::protocol, "the workers remember more than " + std::to_string(most_links) + " links");
  }
}

// Many links and directories are looked at in one request, so there are bounds.
std::optional<std::string> why_cut(php::value const& cut, std::string const& where) {
  if (cut.as_string().empty()) return std::nullopt;
  return where + " more than " + std::string(cut.as_string());
}

/// What every worker remembers.
struct survey {
  std::vector<memories> remembered;  // of each pool
  std::set<std::string> pools;       // those that were asked: their names, or addresses
  std::int64_t workers = 0;
  std::optional<std::string> why_not_all;
};

survey ask_workers(std::span<adapter::adapter* const> pools, std::chrono::milliseconds patience) {
  survey out;
  auto const swept = caches::run_in_every_worker(pools, caches::ask("site.remembered"), patience);
  for (std::size_t i = 0; i < swept.size(); ++i) {
    if (!out.why_not_all) out.why_not_all = caches::why_incomplete(swept[i], pools[i]->label());
    out.pools.insert(caches::pool_name(swept[i], pools[i]->label()));
    memories& mine = out.remembered.emplace_back();
    for (agent::answer const& answer : swept[i].answers) {
      take(mine, answer);
      if (!out.why_not_all) out.why_not_all = why_cut(answer.result["cut"], "a worker remembers");
    }
    out.workers += std::ssize(swept[i].answers);
  }
  return out;
}

switched_link read_link(php::value const& row) {
  switched_link out;
  out.path = row["0"].as_string();
  out.leads_to = row["1"].as_string();
  out.release = row["2"].as_string();
  bool const leads_nowhere = out.leads_to.empty() && out.release.empty();
  if (!is_absolute(out.path) || (!leads_nowhere && !base::lies_in(out.leads_to, out.release))) {
    throw error(error_kind::protocol, "what PHP tells of a link cannot be read");
  }
  return out;
}

evidence& led_to(switched_link& link, std::string const& target) {
  if (!link.seen.contains(target)) link.before.push_back(target);
  return link.seen[target];
}

void add_remembered(switched_link& link, memories const& remembered) {
  auto const known = remembered.find(link.path);
  if (known == remembered.end()) return;
  for (auto const& [target, workers] : known->second) {
    if (target == link.leads_to) continue;
    std::vector<std::int64_t>& all = led_to(link, target).workers;
    all.insert(all.end(), workers.begin(), workers.end());
  }
}

php::value paths_of(std::span<switched_link const> links) {
  std::vector<std::string> paths;
  for (switched_link const& each : links) paths.push_back(each.path);
  return opcache::list(paths);
}

// The release before may be warm, and so may the present one: where a name leads, OPcache alone knows.
void add_named(std::span<switched_link> links, php::value const& names) {
  for (switched_link& link : links) {
    for (php::entry const& each : names[link.path].entries()) {
      auto const* const directory = std::get_if<std::string>(&each.key);
      if (directory == nullptr || !is_absolute(*directory) || *directory == link.leads_to) continue;
      evidence& found = led_to(link, *directory);
      found.names += caches::count_in(each.item["0"]);
      found.name = each.item["1"].as_string();
    }
  }
}

// Each link takes as long as there are scripts, so one request asks for a few of many.
std::size_t links_at_once(php::value const& state) {
  constexpr std::int64_t much = 250'000;
  std::int64_t const scripts = state["opcache_statistics"]["num_cached_scripts"].as_int();
  return static_cast<std::size_t>(std::clamp<std::int64_t>(much / std::max<std::int64_t>(scripts, 1), 1, 1000));
}

// Returns false if time is over before all were asked for.
bool add_by_names(adapter::adapter& php, std::span<switched_link> links, std::size_t at_once, base::time_point until) {
  while (!links.empty()) {
    auto const some = links.first(std::min(at_once, links.size()));
    std::int64_t parts = 0;
    for (std::int64_t part = 0; part < std::max<std::int64_t>(parts, 1); ++part) {
      if (base::passed(until)) return false;
      agent::answer const answer =
          php.run(caches::ask("site.names", {{"links", paths_of(some)}, {"part", part}, {"parts", parts}}));
      opcache::require_listing(answer);
      add_named(some, answer.result["names"]);
      if (parts == 0) parts = std::clamp<std::int64_t>(answer.result["parts"].as_int(), 1, most_parts);
    }
    links = links.subspan(some.size());
  }
  return true;
}

// OPcache may be off in one pool alone: what its workers remember counts all the same.
bool lists_scripts(agent::answer const& answer, bool may_be_off) {
  try {
    opcache::require_listing(answer);
    return true;
  } catch (error const& failed) {
    if (!may_be_off || failed.kind() != error_kind::opcache_off) throw;
    return false;
  }
}

std::vector<switched_link> links_of(agent::answer const& answer) {
  std::vector<switched_link> links;
  for (php::entry const& each : answer.result["links"].entries()) links.push_back(read_link(each.item));
  if (links.size() > most_links) {
    throw error(error_kind::protocol, "PHP tells of more than " + std::to_string(most_links) + " links");
  }
  return links;
}

// A link inside of what is gone, or of a release that was left, is gone with it. Another pool may see what one may not.
bool lies_in_another(switched_link const& one, std::span<switched_link const> links) {
  return std::any_of(links.begin(), links.end(), [&one](switched_link const& other) {
    auto const has_it = [&one](std::string const& directory) { return base::lies_in(one.path, directory); };
    bool const is_below = has_it(other.path) && (one.path != other.path || !other.leads_to.empty());
    return is_below || std::any_of(other.before.begin(), other.before.end(), has_it);
  });
}

// Names below it lead to what it led to before, and nothing moves them.
std::optional<std::string> what_is_no_link(std::span<switched_link const> links) {
  for (switched_link const& each : links) {
    if (each.before.empty()) continue;
    if (each.path == each.leads_to) {
      return each.path + " is a directory now, and was a link to " + each.before.front();
    }
    if (each.leads_to.empty() && !lies_in_another(each, links)) {
      return each.path + " leads nowhere now, and led to " + each.before.front();
    }
  }
  return std::nullopt;
}

/// Where the pools stand.
struct places {
  std::vector<std::string> roots;  // of each pool, its root directory
  std::set<std::string> pools;     // of their master, as far as somebody tells
};

php::value place_of(adapter::adapter& php) {
  try {
    return php.run(caches::ask("site.place")).result;
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    return {};  // the search asks it again, and tells what is wrong
  }
}

// A pool that may not look at its root directory (open_basedir) is taken for one of the first root.
places places_of(std::span<adapter::adapter* const> pools) {
  places out;
  for (adapter::adapter* each : pools) {
    php::value const place = place_of(*each);
    out.roots.emplace_back(place["root"].as_string());
    for (php::entry const& name : place["pools"].entries()) out.pools.insert(std::string(name.item.as_string()));
  }
  auto const known =
      std::find_if(out.roots.begin(), out.roots.end(), [](std::string const& each) { return !each.empty(); });
  std::string const first = known == out.roots.end() ? std::string() : *known;
  std::replace(out.roots.begin(), out.roots.end(), std::string(), first);
  if (auto const here = pools.front()->pools()) out.pools = {here->begin(), here->end()};
  return out;
}

// A pool of the same master that was not named may serve what a link led to before.
std::optional<std::string> why_other_pools(places const& told, survey const& all) {
  if (told.pools.empty()) return "nobody tells which pools this php-fpm has";
  if (told.pools.size() <= all.pools.size()) return std::nullopt;  // some may not tell their names (chroot)
  return "this php-fpm has " + std::to_string(told.pools.size()) + " pools, and only " +
         std::to_string(all.pools.size()) + " of them could be asked";
}

/// The search for links, through one pool after the other. Another pool may see what the first does not: it has another
/// user, or another root directory.
class search {
 public:
  search(std::vector<std::string> const& paths, std::vector<memories> const& remembered,
         std::vector<std::string> const& roots, base::time_point until)
      : paths_(paths), remembered_(remembered), roots_(roots), until_(until) {}

  /// Whether a pool may know more than those that were asked.
  [[nodiscard]] bool needs(std::size_t pool) const {
    auto const is_unknown = [&](auto const& each) { return !has(pool, each.first); };
    return !asked_.contains(roots_[pool]) || !hidden_.empty() ||
           std::any_of(remembered_[pool].begin(), remembered_[pool].end(), is_unknown);
  }

  origin ask(adapter::adapter& php, std::size_t pool) {
    std::vector<std::string> paths = paths_;
    for (auto const& [link, targets] : remembered_[pool]) paths.push_back(link);
    agent::answer const answer = php.run(caches::ask("site.links", {{"paths", opcache::list(paths)}}));
    bool const lists = lists_scripts(answer, !asked_.empty());
    if (lists) take_hidden(pool, answer.result["hidden"]);
    if (!cut) cut = why_cut(answer.result["cut"], "around the cached scripts there are");
    asked_.insert(roots_[pool]);
    std::size_t const known = links.size();
    for (switched_link& each : links_of(answer)) {
      if (has(pool, each.path)) continue;
      each.pool = pool;
      for (std::size_t i = 0; i < roots_.size(); ++i) {
        if (roots_[i] == roots_[pool]) add_remembered(each, remembered_[i]);
      }
      if (!each.leads_to.empty()) seen_.emplace(roots_[pool], each.path);
      links.push_back(std::move(each));
    }
    auto const added = std::span(links).subspan(known);
    if (lists && !add_by_names(php, added, links_at_once(answer.result), until_)) is_out_of_time = true;
    return caches::from(answer);
  }

  std::vector<switched_link> links;
  std::map<std::size_t, std::set<std::string>> seen_by;  // as in known_links
  bool is_out_of_time = false;                           // not every link was asked for
  std::optional<std::string> cut;                        // of what there is more than PHP looks at

 private:
  [[nodiscard]] bool has(std::size_t pool, std::string const& path) const {
    return seen_.contains({roots_[pool], path});
  }

  void take_hidden(std::size_t pool, php::value const& list) {
    std::set<std::string> now;
    for (php::entry const& each : list.entries()) now.insert(std::string(each.item.as_string()));
    if (asked_.empty()) {
      hidden_ = std::move(now);
      return;
    }
    for (std::string const& each : hidden_) {
      if (!now.contains(each)) seen_by[pool].insert(each);
    }
    std::erase_if(hidden_, [&now](std::string const& each) { return !now.contains(each); });
  }

  std::vector<std::string> const& paths_;
  std::vector<memories> const& remembered_;  // of each pool
  std::vector<std::string> const& roots_;    // of each pool
  base::time_point until_;
  std::set<std::string> asked_;                         // roots
  std::set<std::pair<std::string, std::string>> seen_;  // roots, and paths of links in them that lead somewhere
  std::set<std::string> hidden_;  // directories above cached scripts that no pool sees that was asked
};

// Without opcache.validate_root a name leads to one script, whatever the root directory of who asks. What a link of
// that path leads to in another one is that link's affair.
void leave_to_others(std::vector<switched_link>& links, std::vector<std::string> const& roots) {
  std::multimap<std::string_view, switched_link const*> by_path;
  for (switched_link const& each : links) by_path.emplace(each.path, &each);
  auto const is_of_another = [&](switched_link const& link, std::string const& target) {
    if (!link.seen.at(target).workers.empty()) return false;
    auto const [first, last] = by_path.equal_range(link.path);
    return std::any_of(first, last, [&](auto const& each) {
      switched_link const& other = *each.second;
      auto const known = other.seen.find(target);
      bool const is_its = other.leads_to == target || (known != other.seen.end() && !known->second.workers.empty());
      return roots[other.pool] != roots[link.pool] && is_its;
    });
  };
  for (switched_link& each : links) {
    std::erase_if(each.before, [&](std::string const& target) { return is_of_another(each, target); });
  }
}

// A pool that cannot tell what it sees does not keep the others from it.
std::optional<std::string> why_it_cannot_tell(search& work, adapter::adapter& php, std::size_t pool) {
  try {
    static_cast<void>(work.ask(php, pool));
    return std::nullopt;
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    return "a pool (" + php.label() + ") could not tell where links lead: " + failed.message();
  }
}

}  // namespace

known_links find_switched_links(std::span<adapter::adapter* const> pools, std::chrono::milliseconds patience,
                                std::vector<std::string> const& paths) {
  auto const until = base::after(patience);
  survey const all = ask_workers(pools, patience / 2);
  known_links out;
  out.workers = all.workers;
  out.why_not_all = all.why_not_all;
  places const stand = places_of(pools);
  if (!out.why_not_all) out.why_not_all = why_other_pools(stand, all);
  out.roots = stand.roots;
  search work(paths, all.remembered, out.roots, until);
  out.from = work.ask(*pools.front(), 0);
  for (std::size_t i = 1; i < pools.size(); ++i) {
    if (!work.needs(i)) continue;
    if (base::passed(until)) work.is_out_of_time = true;
    if (work.is_out_of_time) break;
    auto why = why_it_cannot_tell(work, *pools[i], i);
    if (!out.why_not_all) out.why_not_all = std::move(why);
  }
  if (!out.why_not_all && work.is_out_of_time) out.why_not_all = "there was no time to look at every link";
  if (!out.why_not_all) out.why_not_all = work.cut;
  out.seen_by = std::move(work.seen_by);
  leave_to_others(work.links, out.roots);
  if (!out.why_not_all) out.why_not_all = what_is_no_link(work.links);
  std::erase_if(work.links,
                [](switched_link const& each) { return each.path == each.leads_to || each.leads_to.empty(); });
  for (switched_link& each : work.links) (each.before.empty() ? out.others : out.switched).push_back(std::move(each));
  return out;
}

std::vector<std::string> earlier_targets(adapter::adapter& php, std::string const& link,
                                         std::chrono::milliseconds patience) {
  switched_link asked;
  asked.path = link;
  if (!add_by_names(php, {&asked, 1}, 1, base::after(patience))) {
    throw error(error_kind::timeout, "there was no time to ask for every name");
  }
  return asked.before;
}

}  // namespace cachetool::releases
