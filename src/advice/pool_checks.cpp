#include <set>

#include "advice/checks.hpp"
#include "advice/figures.hpp"
#include "advice/remedy.hpp"
#include "base/text.hpp"
#include "fpm/configured.hpp"

namespace cachetool::advice {
namespace {

std::string joined(std::set<std::string> const& names) {
  std::string text;
  for (std::string const& each : names) text += (text.empty() ? "" : ", ") + each;
  return shortened(text);
}

// Only root's php-fpm changes its user.
std::string user_of(fpm::master const& master, fpm::pool const& pool) {
  std::string const named = fpm::value_of(pool, "user");
  if (!pool.workers.empty() && named.empty()) return "uid " + std::to_string(pool.workers.front().uid);
  return master.self.uid == 0 ? named : "";
}

// Of all pools of the master, as far as known.
std::set<std::string> users_of(subject const& of) {
  std::set<std::string> users;
  if (!of.host) return users;
  for (fpm::pool const& each : of.host->master.pools) {
    if (std::string const user = user_of(of.host->master, each); !user.empty()) users.insert(user);
  }
  return users;
}

bool configuration_is_known(subject const& of) {
  fpm::pool const* const pool = pool_of(of);
  return pool != nullptr && !pool->config.empty();
}

}  // namespace

std::optional<verdict> check_configuration(subject const& of) {
  if (!of.host || of.host->master.self.pid == 0 || configuration_is_known(of)) return std::nullopt;
  std::string const file = of.host->master.config;
  return verdict{level::note,
                 "php-fpm's configuration cannot be read" + (file.empty() ? "" : ", " + file) +
                     ": what it says of reloads, limits and other pools was not checked",
                 "run this as root"};
}

std::optional<verdict> check_other_pools(subject const& of) {
  if (!of.host) return std::nullopt;
  fpm::pool const* const own = pool_of(of);
  std::set<std::string> forbidden;
  for (fpm::pool const& each : of.host->master.pools) {
    if (&each != own && each.reach != fpm::access::reachable) forbidden.insert(each.name.empty() ? "?" : each.name);
  }
  if (forbidden.empty()) return std::nullopt;
  return verdict{level::note,
                 "other pools of this php-fpm cannot be reached (" + joined(forbidden) +
                     "): deploy:finish, which clears every worker of all pools, has to reset OPcache instead",
                 "cachetool fpm:list says why; as root it reaches every pool"};
}

std::optional<verdict> check_users(subject const& of) {
  std::set<std::string> const users = users_of(of);
  if (users.empty() || of.host->master.pools.size() < 2) return std::nullopt;
  std::string const pools = base::counted(static_cast<std::int64_t>(of.host->master.pools.size()), "pool");
  if (users.size() == 1) return verdict{level::ok, "all " + pools + " of this php-fpm run as " + *users.begin()};
  return verdict{level::warning,
                 "the " + pools + " of this php-fpm run as several users (" + joined(users) +
                     "): after a reset a long request of one of them can make every page of the others empty until it "
                     "ends",
                 "deploy with cachetool deploy:switch or opcache:refresh, which need no reset; or give each user a "
                 "php-fpm master"};
}

std::optional<verdict> check_held(subject const& of) {
  if (of.held_workers == 0) return std::nullopt;
  fpm::pool const* const pool = pool_of(of);
  std::size_t const all = pool == nullptr ? of.held_workers : pool->workers.size();
  return verdict{
      level::warning,
      std::to_string(of.held_workers) + " of " + base::counted(static_cast<std::int64_t>(all), "worker") +
          " wait for a client that keeps its connection open: nobody else reaches them, deploy:finish and "
          "stat:clear neither",
      "set fastcgi_keep_conn off in nginx, or let pm.max_children be more than the connections that it keeps"};
}

std::optional<verdict> check_permissions(subject const& of) {
  if (!caches_scripts(of) || !is_unset(of, "opcache.validate_permission") || users_of(of).size() < 2) {
    return std::nullopt;
  }
  return verdict{level::warning,
                 "a pool can run scripts that its user may not read, once another user's pool has cached them "
                 "(opcache.validate_permission=0)",
                 set_to(of, "opcache.validate_permission", "1")};
}

std::optional<verdict> check_roots(subject const& of) {
  if (!of.host || !caches_scripts(of) || !is_unset(of, "opcache.validate_root")) return std::nullopt;
  std::set<std::string> roots;
  for (fpm::pool const& each : of.host->master.pools) {
    std::string const root = fpm::value_of(each, "chroot");
    roots.insert(root.empty() ? "/" : root);
  }
  if (roots.size() < 2) return std::nullopt;
  return verdict{level::warning,
                 "pools with different roots (" + joined(roots) +
                     ") share OPcache: a script may get that of another root with the same path "
                     "(opcache.validate_root=0)",
                 set_to(of, "opcache.validate_root", "1")};
}

std::optional<verdict> check_reload(subject const& of) {
  if (!configuration_is_known(of)) return std::nullopt;
  auto const line = global_line(of, "process_control_timeout");
  std::int64_t const patience = line ? seconds_of(line->value) : 0;
  if (patience > 0) {
    return verdict{level::ok, "a reload of php-fpm waits " + std::to_string(patience) +
                                  " s for running requests (process_control_timeout)"};
  }
  return verdict{level::note, "a reload of php-fpm cuts running requests off (process_control_timeout=0)",
                 set_in_global(of, "process_control_timeout", "10s")};
}

std::optional<verdict> check_time_limit(subject const& of) {
  auto const line = pool_line(of, "request_terminate_timeout");
  std::int64_t const limit = line ? seconds_of(line->value) : 0;
  constexpr std::int64_t short_time = 10;
  if (limit == 0 || limit >= short_time) return std::nullopt;
  return verdict{level::note,
                 "php-fpm ends requests after " + std::to_string(limit) +
                     " s (request_terminate_timeout): php:eval and opcache:compile:scripts may be cut off",
                 set_in_pool(of, "request_terminate_timeout", "30s")};
}

std::optional<verdict> check_max_requests(subject const& of) {
  auto const line = pool_line(of, "pm.max_requests");
  if (!line || line->value != "1") return std::nullopt;
  return verdict{level::note, "each request gets a worker of its own (pm.max_requests=1), which remembers nothing",
                 set_in_pool(of, "pm.max_requests", "1000")};
}

}  // namespace cachetool::advice
