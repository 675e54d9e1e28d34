#include "advice/checks.hpp"

#include <array>

#include "advice/remedy.hpp"

namespace cachetool::advice {
namespace {

struct check {
  std::string_view step;
  std::string_view name;
  check_function look;
};

constexpr std::array checks{check{"cache", "opcache", check_opcache},
                            check{"cache", "pending", check_pending},
                            check{"cache", "memory", check_memory},
                            check{"cache", "keys", check_keys},
                            check{"cache", "strings", check_strings},
                            check{"cache", "wasted", check_wasted},
                            check{"cache", "max_wasted", check_max_wasted},
                            check{"cache", "restarts", check_restarts},
                            check{"cache", "hit_rate", check_hit_rate},
                            check{"cache", "jit", check_jit},
                            check{"cache", "old_release", check_old_release},
                            check{"apcu", "apcu_memory", check_apcu_memory},
                            check{"deploy", "room", check_room},
                            check{"deploy", "file_cache", check_file_cache},
                            check{"deploy", "preload", check_preload},
                            check{"deploy", "timestamps", check_timestamps},
                            check{"deploy", "links", check_links},
                            check{"deploy", "use_cwd", check_cwd},
                            check{"deploy", "new_files", check_new_files},
                            check{"deploy", "forced_restart", check_forced_restart},
                            check{"deploy", "paths", check_paths},
                            check{"load", "busy", check_busy},
                            check{"load", "queue", check_queue},
                            check{"load", "max_children", check_max_children},
                            check{"load", "slow_requests", check_slow_requests},
                            check{"pool", "configuration", check_configuration},
                            check{"pool", "other_pools", check_other_pools},
                            check{"pool", "held_workers", check_held},
                            check{"pool", "users", check_users},
                            check{"pool", "permissions", check_permissions},
                            check{"pool", "roots", check_roots},
                            check{"pool", "reload", check_reload},
                            check{"pool", "time_limit", check_time_limit},
                            check{"pool", "max_requests", check_max_requests}};

}  // namespace

bool caches_scripts(subject const& of) {
  auto const& status = of.php.status;
  if (status) return !status->file_cache_only && (status->enabled || status->restart_pending);
  bool const is_hidden = of.php.restricted || of.php.missing.contains("opcache_get_status");
  return of.php.has_opcache && is_hidden && is_set(of, "opcache.enable") && !is_set(of, "opcache.file_cache_only");
}

std::vector<finding> judge(subject const& of) {
  std::vector<finding> found;
  for (check const& each : checks) {
    if (auto what = each.look(of)) found.push_back({each.step, std::string(each.name), std::move(*what)});
  }
  return found;
}

std::vector<std::string> rule_ids() {
  std::vector<std::string> ids;
  for (check const& each : checks) ids.push_back(id({each.step, std::string(each.name), {}}));
  return ids;
}

}  // namespace cachetool::advice
