#include "releases/switched_links.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/path.hpp"
#include "caches/compile_rows.hpp"
#include "caches/every_worker.hpp"
#include "caches/opcache_answer.hpp"

namespace cachetool::releases {
namespace {

constexpr std::size_t most_links = 10'000;  // that workers remember; each is told to name a thousand at most

/// For each link, the targets that workers remember.
using memories = std::map<std::string, std::set<std::string>>;

bool is_absolute(std::string_view path) {
  return path.starts_with('/');
}

// /proc/self leads elsewhere in each process, and no code lies there.
bool is_of_kernel(std::string_view link) {
  return base::lies_in(link, "/proc") || base::lies_in(link, "/sys") || base::lies_in(link, "/dev");
}

void take(memories& into, php::value const& remembered) {
  for (php::entry const& each : remembered.entries()) {
    auto const* const link = std::get_if<std::string>(&each.key);
    std::string target(each.item.as_string());
    if (link == nullptr || !is_absolute(*link) || !is_absolute(target) || is_of_kernel(*link)) continue;
    into[*link].insert(std::move(target));
  }
  if (into.size() > most_links) {
    throw error(error_kind::protocol, "the workers remember more than " + std::to_string(most_links) + " links");
  }
}

/// What every worker remembers.
struct survey {
  memories remembered;
  std::int64_t workers = 0;
  std::optional<std::string> why_not_all;
};

std::optional<std::string> why_not_all(caches::sweep const& swept, std::string const& address) {
  std::string const pool = swept.from.pool.empty() ? address : swept.from.pool;
  if (swept.failure) return "the pool at " + address + " could not be asked: " + swept.failure->message();
  if (!swept.workers_known) return "nobody tells which workers the pool " + pool + " has";
  if (!swept.missing.empty()) {
    return "not every worker of the pool " + pool + " could be reached: " + std::to_string(swept.missing.front());
  }
  return std::nullopt;
}

survey ask_workers(std::span<adapter::adapter* const> pools, std::chrono::milliseconds patience) {
  survey out;
  auto const swept = caches::run_in_every_worker(pools, caches::ask("site.remembered"), patience);
  for (std::size_t i = 0; i < swept.size(); ++i) {
    if (!out.why_not_all) out.why_not_all = why_not_all(swept[i], pools[i]->label());
    for (agent::answer const& answer : swept[i].answers) take(out.remembered, answer.result);
    out.workers += std::ssize(swept[i].answers);
  }
  return out;
}

/// A link as the agent's operation site.links describes it.
struct link_row {
  switched_link link;
  std::vector<std::string> sure;      ///< directories that names below it certainly lead to
  std::vector<std::string> doubtful;  ///< the same, but the present directory has scripts of the same names
};

link_row read_row(php::value const& row) {
  link_row out;
  out.link.path = row["0"].as_string();
  out.link.leads_to = row["1"].as_string();
  out.link.release = row["2"].as_string();
  if (!is_absolute(out.link.path) || !base::lies_in(out.link.leads_to, out.link.release)) {
    throw error(error_kind::protocol, "what PHP tells of a link cannot be read");
  }
  for (php::entry const& each : row["3"].entries()) {
    auto const* const directory = std::get_if<std::string>(&each.key);
    if (directory == nullptr || !is_absolute(*directory)) continue;
    auto& which = each.item["0"].as_int() > 0 ? out.sure : out.doubtful;
    which.push_back(*directory);
  }
  return out;
}

void add(std::vector<std::string>& to, std::string const& text) {
  if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(text);
}

// OPcache does not tell where a name leads. If the live release has its own script of that name cached, the name may
// lead to that one. But it need not: somebody may have compiled the script before the link was switched, or a
// deployment may have been interrupted between the workers and the names.
void judge(link_row& row, memories const& remembered) {
  std::vector<std::string>& before = row.link.before;
  auto const known = remembered.find(row.link.path);
  if (known != remembered.end()) {
    for (std::string const& each : known->second) {
      if (each != row.link.leads_to) add(before, each);
    }
  }
  for (std::string const& each : row.sure) add(before, each);
  for (std::string const& each : row.doubtful) add(before, each);
}

}  // namespace

std::variant<known_links, std::string> find_switched_links(std::span<adapter::adapter* const> pools,
                                                           std::chrono::milliseconds patience) {
  survey const all = ask_workers(pools, patience);
  if (all.why_not_all) return *all.why_not_all;
  std::vector<std::string> paths;
  for (auto const& [link, targets] : all.remembered) paths.push_back(link);
  agent::answer const answer = pools.front()->run(caches::ask("site.links", {{"paths", opcache::list(paths)}}));
  opcache::require_listing(answer);
  known_links out;
  out.from = caches::from(answer);
  out.workers = all.workers;
  for (php::entry const& each : answer.result["links"].entries()) {
    link_row row = read_row(each.item);
    judge(row, all.remembered);
    (row.link.before.empty() ? out.others : out.switched).push_back(std::move(row.link));
  }
  return out;
}

}  // namespace cachetool::releases
