#pragma once

#include <string>

#include "advice/checks.hpp"
#include "advice/facts.hpp"

namespace cachetool::test {

constexpr std::int64_t mib = std::int64_t{1} << 20;

/// A php-fpm of one pool in which everything is as packages have it, and as it should be.
inline advice::subject healthy() {
  advice::subject out;
  out.php.from = {"www", "8.2.36", 4711};
  out.php.has_opcache = true;
  out.php.has_apcu = true;
  out.php.apcu_is_on = true;
  out.php.ini_file = "/etc/php.ini";
  out.php.user = 33;
  out.php.path_memory = mib / 10;
  out.php.settings = {{"opcache.enable", "1"},
                      {"opcache.validate_timestamps", "1"},
                      {"opcache.revalidate_freq", "2"},
                      {"opcache.revalidate_path", "0"},
                      {"opcache.use_cwd", "1"},
                      {"opcache.file_update_protection", "2"},
                      {"opcache.force_restart_timeout", "180"},
                      {"opcache.validate_permission", "0"},
                      {"opcache.validate_root", "0"},
                      {"opcache.restrict_api", ""},
                      {"opcache.file_cache", ""},
                      {"open_basedir", ""},
                      {"disable_functions", ""},
                      {"realpath_cache_size", "4096K"},
                      {"realpath_cache_ttl", "120"}};
  out.php.status.emplace();
  out.php.status->enabled = true;
  out.php.status->memory = {30 * mib, 98 * mib, 0, 0};
  out.php.status->strings = {8 * mib, 2 * mib, 6 * mib, 1000};
  out.php.status->counts.emplace();
  out.php.status->counts->scripts = 300;
  out.php.status->counts->keys = 350;
  out.php.status->counts->max_keys = 16229;
  out.agent_path = "/dev/shm/cachetool-1000-1/2.php";
  return out;
}

/// Its master: of root, with these pools, of which the first is the one that was examined.
inline fpm::listener with_pools(std::vector<fpm::pool> pools) {
  fpm::listener out;
  out.master.self = {812, 0, 0};
  out.master.version = "8.2.36";
  out.master.config = "/etc/fpm.conf";
  out.master.pools = std::move(pools);
  out.pool = 0;
  return out;
}

inline fpm::pool pool_with(std::string name, std::map<std::string, std::string> const& lines) {
  fpm::pool out;
  out.name = std::move(name);
  out.reach = fpm::access::reachable;
  int number = 0;
  for (auto const& [key, value] : lines) out.config[key] = {value, "/etc/pool.conf", ++number};
  return out;
}

}  // namespace cachetool::test
