#include "releases/site.hpp"

#include <algorithm>
#include <utility>

#include "base/path.hpp"
#include "caches/ask.hpp"
#include "caches/compile_rows.hpp"
#include "caches/every_worker.hpp"
#include "caches/figures.hpp"
#include "caches/numbered_rows.hpp"
#include "caches/opcache_answer.hpp"
#include "caches/rows.hpp"

namespace cachetool::releases {
namespace {

using caches::ask;

std::vector<std::string> strings(php::value const& list) {
  std::vector<std::string> out;
  for (php::entry const& each : list.entries()) {
    if (each.item.is_string()) out.emplace_back(each.item.as_string());
  }
  return out;
}

// A directory that every release shares is not a release.
bool is_shared(site const& in, std::string const& path) {
  return path.ends_with("/shared") || std::find(in.shared.begin(), in.shared.end(), path) != in.shared.end();
}

std::vector<link> links(php::value const& list) {
  std::vector<link> out;
  for (php::entry const& each : list.entries()) {
    auto const* const name = std::get_if<std::string>(&each.key);
    if (name != nullptr) out.push_back({*name, std::string(each.item.as_string())});
  }
  return out;
}

void sort_out(site& into, release found) {
  bool const linked = std::any_of(into.links.begin(), into.links.end(),
                                  [&](link const& each) { return base::lies_in(each.target, found.path); });
  if (base::lies_in(into.live, found.path)) {
    into.live_scripts += found.scripts;
  } else if (linked) {
    into.linked.push_back(std::move(found));
  } else if (!is_shared(into, found.path)) {
    into.others.push_back(std::move(found));
  }
}

}  // namespace

site look(adapter::adapter& php, std::string const& current) {
  agent::answer const answer = php.run(ask("deploy.look", {{"current", current}}));
  site out;
  out.from = caches::from(answer);
  out.live = answer.result["live"].as_string();
  out.blind = answer.result["blind"].as_string();
  out.has_opcache = answer.result["enabled"].as_bool();
  out.restart_pending = answer.result["restart_pending"].as_bool();
  out.full = answer.result["full"].as_bool();
  out.free = caches::count_in(answer.result["free"]);
  out.includes_twice = answer.result["includes_twice"].as_bool();
  out.preloaded = strings(answer.result["preloaded"]);
  out.pools = strings(answer.result["pools"]);
  out.links = links(answer.result["links"]);
  out.shared = strings(answer.result["shared"]);
  for (php::entry const& each : answer.result["releases"].entries()) {
    auto const* const path = std::get_if<std::string>(&each.key);
    auto const scripts = std::clamp<std::int64_t>(each.item.as_int(), 0, caches::most_scripts);
    if (path != nullptr) sort_out(out, {*path, scripts});
  }
  return out;
}

bool has_scripts_of(site const& seen) {
  return seen.live_scripts > 0 || !seen.others.empty() || !seen.linked.empty() || seen.restart_pending;
}

std::optional<bool> is_remembered(std::span<adapter::adapter* const> pools, std::vector<std::string> const& names,
                                  std::chrono::milliseconds patience) {
  bool all_tell = true;
  agent::call const call = ask("deploy.remembers", {{"names", opcache::list(names)}});
  for (caches::sweep const& swept : caches::run_in_every_worker(pools, call, patience)) {
    all_tell = all_tell && swept.complete() && swept.workers_known;
    for (agent::answer const& answer : swept.answers) {
      if (answer.result.as_bool()) return true;
      all_tell = all_tell && !answer.result.is_null();
    }
  }
  return all_tell ? std::optional(false) : std::nullopt;
}

std::vector<aliased_script> scripts_with_aliases(adapter::adapter& php, std::string const& current,
                                                 std::vector<std::string> const& old) {
  std::vector<aliased_script> scripts;
  agent::call call = ask("deploy.aliases", {{"current", current}, {"old", opcache::list(old)}});
  call.rows = caches::numbered_rows([&scripts](std::string path, std::int64_t memory) {
    scripts.push_back({std::move(path), caches::script_memory(memory)});
  });
  auto const is_asked_for = [&old](aliased_script const& script) {
    return std::any_of(old.begin(), old.end(),
                       [&](std::string const& each) { return base::lies_in(script.path, each); });
  };
  opcache::require_listing(php.run(call));
  if (!std::all_of(scripts.begin(), scripts.end(), is_asked_for)) {
    throw error(error_kind::protocol, "php-fpm names scripts of other directories than it was asked for")
        .on(php.label());
  }
  return scripts;
}

}  // namespace cachetool::releases
