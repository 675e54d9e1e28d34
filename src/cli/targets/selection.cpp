#include "cli/targets/selection.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "fpm/reach.hpp"
#include "fpm/site_directories.hpp"

namespace cachetool::cli {
namespace {

std::string name_of(fpm::master const& master) {
  return "php-fpm" + (master.version.empty() ? "" : " " + master.version) +
         (master.self.pid == 0 ? "" : " (master " + std::to_string(master.self.pid) + ")");
}

// True if nothing was found of it but the socket that it left.
bool has_ended(fpm::master const& master) {
  return master.self.pid == 0 && std::all_of(master.pools.begin(), master.pools.end(), [](fpm::pool const& pool) {
           return pool.reach == fpm::access::stale || pool.reach == fpm::access::absent;
         });
}

// A pool whose OPcache is off still empties the other pools' cache, but cannot tell whether it was emptied.
bool has_opcache_off(fpm::pool const& pool) {
  return std::any_of(pool.config.begin(), pool.config.end(), [](auto const& line) {
    auto const& [name, set] = line;
    bool const is_it = name.ends_with("[opcache.enable]");
    return is_it && (set.value.empty() || set.value == "0" || set.value == "off" || set.value == "no");
  });
}

std::vector<fpm::pool const*> wanted_pools(fpm::master const& master, narrowing const& narrowed) {
  std::vector<fpm::pool const*> pools;
  for (fpm::pool const& pool : master.pools) {
    if (!narrowed.pool || pool.name == *narrowed.pool) pools.push_back(&pool);
  }
  std::stable_partition(pools.begin(), pools.end(), [](fpm::pool const* pool) { return !has_opcache_off(*pool); });
  return pools;
}

// For a pool that cannot be reached.
left_out describe(fpm::master const& master, fpm::pool const& pool) {
  return {(pool.name.empty() ? "a pool" : "the pool " + pool.name) + " of " + name_of(master),
          pool.endpoint ? pool.endpoint->text() : "", pool.name, fpm::why_not(pool).value()};
}

// The directories where a master's pools expect their sites.
std::vector<std::string> directories_of(fpm::master const& master) {
  std::vector<std::string> found;
  for (fpm::pool const& pool : master.pools) {
    std::vector<std::string> const more = fpm::directories_of(pool);
    found.insert(found.end(), more.begin(), more.end());
  }
  return found;
}

void take_pools(fpm::master const& master, std::vector<fpm::pool const*> const& pools, target_scope scope,
                target_selection& into) {
  bool taken = false;
  for (fpm::pool const* pool : pools) {
    if (pool->reach != fpm::access::reachable || (taken && scope != target_scope::pool)) continue;
    into.targets.push_back(scope == target_scope::whole_master ? whole_master(master, *pool->endpoint)
                                                               : selected_target{*pool->endpoint, {}, {}});
    into.targets.back().directories = directories_of(master);
    taken = true;
  }
  if (taken && scope != target_scope::pool) return;
  for (fpm::pool const* pool : pools) {
    if (pool->reach != fpm::access::reachable) into.missing.push_back(describe(master, *pool));
  }
}

std::string list_of(std::vector<fpm::master> const& found) {
  std::string list;
  for (fpm::master const& master : found) {
    for (fpm::pool const& pool : master.pools) {
      list += (list.empty() ? "" : ", ") + (pool.endpoint ? pool.endpoint->text() : "an unknown address") + " (" +
              (pool.name.empty() ? "" : "pool " + pool.name + ", ") + name_of(master) + ")";
    }
  }
  return list;
}

void refuse_nothing(std::vector<fpm::master> const& found, narrowing const& narrowed) {
  std::string const wanted = (narrowed.php ? "PHP " + *narrowed.php : "") +
                             (narrowed.php && narrowed.pool ? " with " : "") +
                             (narrowed.pool ? "a pool " + *narrowed.pool : "");
  throw error(error_kind::usage,
              "no php-fpm that runs here has " + wanted + (found.empty() ? "" : ": there is " + list_of(found)))
      .advise("cachetool fpm:list shows what runs");
}

// Those that are meant if nothing says which.
std::vector<fpm::master> own_of(std::vector<fpm::master> const& masters, uid_t caller) {
  std::vector<fpm::master> own;
  std::copy_if(masters.begin(), masters.end(), std::back_inserter(own),
               [caller](fpm::master const& master) { return fpm::is_own(master, caller); });
  return own;
}

void refuse_others(std::vector<fpm::master> const& others) {
  throw error(error_kind::usage,
              "no php-fpm of this system's own runs, of root's or the caller's; there is " + list_of(others))
      .advise("name the one you mean with --fcgi=ADDRESS, or say --all");
}

void refuse_ambiguity(std::vector<fpm::master> const& meant, narrowing const& narrowed, target_policy policy) {
  if (meant.size() < 2) return;
  if (policy == target_policy::exactly_one) {
    throw error(error_kind::usage, "this command works on one php-fpm, and several are meant: " + list_of(meant))
        .advise("name one with --fcgi=ADDRESS, --pool=NAME or --php=VERSION");
  }
  if (policy == target_policy::one_found && !narrowed.all) {
    throw error(error_kind::usage, "several php-fpm were found: " + list_of(meant))
        .advise("name one with --fcgi=ADDRESS, --pool=NAME or --php=VERSION, or say --all");
  }
}

}  // namespace

bool means_version(std::string const& wanted, std::string const& version) {
  if (wanted.empty()) return false;
  if (version == wanted || version.starts_with(wanted + ".")) return true;
  std::size_t const dot = version.find('.');
  std::size_t const end = std::min(version.find('.', dot + 1), version.size());
  return dot != std::string::npos && version.substr(0, dot) + version.substr(dot + 1, end - dot - 1) == wanted;
}

selected_target whole_master(fpm::master const& master, fastcgi::endpoint const& first) {
  selected_target out{first, {}, {}, master.contained ? 0 : master.self.pid};
  for (fpm::pool const& pool : master.pools) {
    if (pool.reach != fpm::access::reachable) {
      if (!pool.endpoint || *pool.endpoint != first) out.out_of_reach.push_back(describe(master, pool));
    } else if (*pool.endpoint != first) {
      out.others.push_back(*pool.endpoint);
    }
  }
  return out;
}

std::optional<std::string> why_not_meant(fpm::master const& master, uid_t caller) {
  if (fpm::is_own(master, caller)) return std::nullopt;
  std::string const why = master.contained          ? " runs in a container"
                          : master.may_be_contained ? " may run in a container: nothing tells where it runs"
                                                    : " was started by another user";
  auto const with_address = [](fpm::pool const& pool) { return pool.endpoint.has_value(); };
  auto const pool = std::find_if(master.pools.begin(), master.pools.end(), with_address);
  std::string const words = pool == master.pools.end() ? "" : "--fcgi=" + pool->endpoint->text() + ", ";
  return name_of(master) + why + ": a command means it only where it is named: " + words + "--pool, --php or --all";
}

target_selection select(std::vector<fpm::master> const& found, narrowing const& narrowed, target_policy policy,
                        target_scope scope, uid_t caller) {
  std::vector<fpm::master> meant;
  bool const all_ended = std::all_of(found.begin(), found.end(), has_ended);
  for (fpm::master const& master : found) {
    if (has_ended(master) && !all_ended) continue;
    if (narrowed.php && !means_version(*narrowed.php, master.version)) continue;
    if (wanted_pools(master, narrowed).empty()) continue;
    meant.push_back(master);
  }
  if (meant.empty() && (narrowed.php || narrowed.pool)) refuse_nothing(found, narrowed);
  if (!narrowed.all) {
    auto own = own_of(meant, caller);
    if (own.empty() && !meant.empty() && !narrowed.php && !narrowed.pool) refuse_others(meant);
    if (!own.empty()) meant = std::move(own);
  }
  refuse_ambiguity(meant, narrowed, policy);
  target_selection out;
  for (fpm::master const& master : meant) {
    take_pools(master, wanted_pools(master, narrowed), scope, out);
  }
  return out;
}

}  // namespace cachetool::cli
