#include "doctor/walk.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>
#include <utility>

#include "advice/checks.hpp"
#include "doctor/examine.hpp"
#include "doctor/function_checks.hpp"
#include "doctor/old_code.hpp"
#include "doctor/way_checks.hpp"
#include "fpm/accounts.hpp"
#include "fpm/activity.hpp"
#include "fpm/who_listens.hpp"

namespace cachetool::doctor {
namespace {

/// Records what an adapter does, and passes it on.
class recorder final : public agent::observer {
 public:
  recorder(seen_way& seen, agent::observer& next) : seen_(seen), next_(next) {}

  void running(agent::call const& what, std::string_view endpoint, std::string_view agent_path) override {
    seen_.agent_path = agent_path;
    next_.running(what, endpoint, agent_path);
  }
  void answered(agent::answer const& what) override { next_.answered(what); }
  void place_failed(error const& why) override {
    seen_.refused.push_back({why, false});
    next_.place_failed(why);
  }
  void named_place_failed(error const& why) override {
    seen_.refused.push_back({why, true});
    next_.place_failed(why);  // a finding says so: no warning
  }
  void retrying(error const& why, std::chrono::milliseconds pause) override { next_.retrying(why, pause); }
  void said(std::string_view stderr_text) override {
    seen_.said = stderr_text;
    next_.said(stderr_text);
  }

 private:
  seen_way& seen_;
  agent::observer& next_;
};

bool is_the_callers_affair(error_kind kind) {
  return kind == error_kind::usage || kind == error_kind::config || kind == error_kind::interrupted;
}

std::optional<socket_look> look_at_socket(fastcgi::endpoint const& where, fpm::accounts const& names) {
  struct stat info {};
  if (where.kind() != fastcgi::endpoint::family::unix_path || stat(where.path().c_str(), &info) != 0) return {};
  return socket_look{names.user_and_number(info.st_uid), names.group_and_number(info.st_gid), info.st_mode & 07777U};
}

seen_way begin(way_to_try const& how, fpm::accounts const& names) {
  seen_way seen;
  seen.where = how.where;
  seen.who = how.who;
  seen.guessed = how.guessed;
  seen.caller = names.user_and_number(geteuid());
  if (!how.where) return seen;
  seen.socket = look_at_socket(*how.where, names);
  seen.host = fpm::who_listens(*how.where, {.exact_version = true, .interrupt_fd = how.interrupt_fd});
  if (seen.host) seen.master_user = names.user_and_number(seen.host->master.self.uid);
  return seen;
}

void arrive(seen_way& seen, facts const& php, fpm::accounts const& names) {
  if (seen.host && seen.host->master.version.empty()) seen.host->master.version = php.from.php_version;
  seen.worker = php.from.pid;
  if (php.user && *php.user >= 0 && *php.user <= std::numeric_limits<uid_t>::max()) {
    seen.worker_user = names.user_and_number(static_cast<uid_t>(*php.user));
  }
}

facts ask_once(way_to_try const& how, bool strict, seen_way& seen, agent::observer& watcher) {
  auto const php = how.open(watcher);
  try {
    auto const began = std::chrono::steady_clock::now();
    facts out = examine(*php, {.functions = true, .lines = true, .strict = strict});
    seen.took = std::chrono::steady_clock::now() - began;
    return out;
  } catch (error const& failed) {
    throw php->examined(failed);
  }
}

// If opcache.restrict_api forbids every place, some facts are still available.
facts ask(way_to_try const& how, seen_way& seen, agent::observer& log) {
  recorder watcher(seen, log);
  try {
    return ask_once(how, true, seen, watcher);
  } catch (error const& failed) {
    if (failed.kind() != error_kind::restricted) throw;
  }
  seen.refused.clear();
  return ask_once(how, false, seen, watcher);
}

std::set<pid_t> held_now(fpm::pool const& of) {
  std::set<pid_t> held;
  for (fpm::worker_activity const& each : fpm::load_of(of).workers) {
    if (each.what == fpm::doing::held) held.insert(each.pid);
  }
  return held;
}

// Looks twice: a worker whose client has just gone seems held for a moment.
std::size_t held_workers(fpm::pool const& of, int interrupt_fd) {
  std::set<pid_t> const first = held_now(of);
  if (first.empty()) return 0;
  adapter::pause(std::chrono::milliseconds{50}, interrupt_fd);
  std::set<pid_t> const second = held_now(of);
  return static_cast<std::size_t>(
      std::count_if(first.begin(), first.end(), [&](pid_t each) { return second.contains(each); }));
}

void add(std::vector<finding>& to, std::vector<finding> more) {
  for (finding& each : more) to.push_back(std::move(each));
}

// The other pools of the master serve what is in the same cache.
std::vector<std::unique_ptr<adapter::adapter>> open_pools(way_to_try const& how, subject const& of,
                                                          agent::observer& log) {
  std::vector<std::unique_ptr<adapter::adapter>> pools;
  pools.push_back(how.open(log));
  if (!of.host || !how.open_pool || !how.where) return pools;
  for (fpm::pool const& each : of.host->master.pools) {
    bool const is_other = each.endpoint && *each.endpoint != *how.where && each.reach == fpm::access::reachable;
    if (is_other) pools.push_back(how.open_pool(*each.endpoint, log));
  }
  return pools;
}

std::optional<std::string> out_of_reach(subject const& of) {
  if (!of.host) return std::nullopt;
  for (fpm::pool const& each : of.host->master.pools) {
    if (each.reach != fpm::access::reachable) return "the pool " + each.name + " cannot be reached";
  }
  return std::nullopt;
}

report end_early(seen_way const& seen, error why) {
  if (seen.guessed && stage_of(why, seen) == stage::connect) why.advise("name the php-fpm you mean: --fcgi=ADDRESS");
  report out;
  out.findings = check_way(seen, why);
  out.ended = std::move(why);
  return out;
}

}  // namespace

std::vector<finding> find_old_code(way_to_try const& how, subject const& of, agent::observer& log) {
  constexpr std::chrono::seconds for_a_site{10};
  constexpr std::chrono::seconds for_a_look{1};
  bool const is_asked_for = !how.site.empty() || of.php.switched_link;
  bool const is_seen_alone = how.site.empty() && !caches_scripts(of);
  if (!is_asked_for || is_seen_alone) return {};
  auto const opened = open_pools(how, of, log);
  std::vector<adapter::adapter*> pools;
  for (auto const& each : opened) pools.push_back(each.get());
  try {
    auto const look = caches_scripts(of) ? look_for_old_code : look_without_cache;
    old_code seen = look(pools, how.site, how.site.empty() ? for_a_look : for_a_site);
    if (!seen.why_not_all) seen.why_not_all = out_of_reach(of);
    return check_old_code(seen, of);
  } catch (error const& failed) {
    if (is_the_callers_affair(failed.kind())) throw;
    std::string const what =
        how.site.empty() ? "a link was switched, and nobody tells who still serves what was there: " : "nobody tells: ";
    return {{"site", "unknown", verdict{level::warning, what + failed.message(), failed.hint()}}};
  }
}

report walk(way_to_try const& how, agent::observer& log) {
  fpm::accounts const names;
  seen_way seen = begin(how, names);
  if (how.blocked) return end_early(seen, *how.blocked);
  try {
    facts const php = ask(how, seen, log);
    arrive(seen, php, names);
    subject found{php, seen.host, seen.agent_path, how.options};
    found.is_web_site = !how.where;
    if (fpm::pool const* const pool = pool_of(found)) found.held_workers = held_workers(*pool, how.interrupt_fd);
    report out;
    out.from = php.from;
    out.findings = check_way(seen, std::nullopt);
    add(out.findings, check_functions(found));
    std::vector<finding> old_code = find_old_code(how, found, log);
    found.php.switched_link = found.php.switched_link && old_code.empty();  // that tells more of it
    add(out.findings, judge(found));
    add(out.findings, std::move(old_code));
    return out;
  } catch (error const& failed) {
    if (is_the_callers_affair(failed.kind())) throw;
    return end_early(seen, failed);
  }
}

}  // namespace cachetool::doctor
