#include "adapter/examination.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "fpm/accounts.hpp"
#include "fpm/forbidden.hpp"
#include "fpm/lock_holders.hpp"

namespace cachetool::adapter {
namespace {

// "all 4 of 4 workers of the pool www are busy"
std::string busy_text(fpm::pool_load const& load, std::size_t busy) {
  std::string const whose = load.pool.empty() ? "" : " of the pool " + load.pool;
  if (load.workers.empty()) return std::to_string(busy) + (busy == 1 ? " connection is" : " connections are") + " open";
  if (load.workers.size() == 1 && busy > 0) return "the only worker" + whose + " is busy";
  return (load.all_busy() ? "all " : "") + std::to_string(std::min(busy, load.workers.size())) + " of " +
         std::to_string(load.workers.size()) + " workers" + whose + (busy == 1 ? " is busy" : " are busy");
}

std::string held_text(fpm::pool_load const& load) {
  std::size_t const held = load.count(fpm::doing::held);
  if (held == 0) return {};
  bool const all = held == load.workers.size();
  return ", " + (all ? "held by" : std::to_string(held) + " of them with") + " " +
         (held == 1 ? "a connection that its client keeps" : "connections that their clients keep") + " open";
}

std::string waiting_text(fpm::pool_load const& load) {
  std::size_t const waiting = load.connections ? load.connections->waiting : 0;
  if (waiting == 0) return {};
  return std::string(", and ") + (waiting == 1 ? "1 connection waits" : std::to_string(waiting) + " connections wait");
}

std::string advice(error const& failed, fpm::pool_load const& load, std::optional<fpm::setting> const& max_children) {
  char const* const option = failed.blamed() == blame::whole_command ? "--deadline=SECONDS"
                             : failed.at() == phase::connect         ? "--connect-timeout=SECONDS"
                                                                     : "--timeout=SECONDS";
  std::string const more = "raise " + (max_children ? max_children->text() : "'pm.max_children' of the pool");
  if (!load.all_busy()) return std::string("allow more time: ") + option;
  if (load.count(fpm::doing::held) > 0) {
    return "the web server's kept connections hold workers: set 'fastcgi_keep_conn off' in nginx, or " + more +
           " above the number that it keeps";
  }
  std::string const hidden = load.count(fpm::doing::unknown) == 0
                                 ? ""
                                 : "; run as root, this tells whether a web server's kept connections hold them";
  return std::string("wait until php-fpm has less to do, allow more time with ") + option + ", or " + more + hidden;
}

/// A pool of a php-fpm. It holds the master's data, too, which the pool is part of.
struct found_pool {
  fpm::listener behind;
  std::size_t index = 0;

  [[nodiscard]] fpm::pool const& pool() const { return behind.master.pools[index]; }
};

std::optional<found_pool> find_pool(fastcgi::endpoint const& where, pid_t master, fpm::search_options const& around) {
  auto behind = fpm::master_of(where, master == 0 ? std::nullopt : std::optional(master), around);
  if (!behind) return std::nullopt;
  if (behind->pool) return found_pool{*behind, *behind->pool};
  if (behind->master.pools.size() == 1) return found_pool{std::move(*behind), 0};
  return std::nullopt;
}

// "the worker 812 of the pool slow (user alice)"
std::string holders_text(std::vector<fpm::worker> const& holders) {
  fpm::accounts const names;
  std::string list;
  for (fpm::worker const& each : holders) {
    list += (list.empty() ? "the worker " : ", the worker ") + std::to_string(each.self.pid) +
            (each.pool.empty() ? "" : " of the pool " + each.pool) + " (user " + names.user(each.self.uid) + ")";
  }
  return list;
}

// PHP ends what keeps a restart waiting for too long. But a worker can end only processes of its own user. Until the
// others end, every request of this pool gets an empty answer (php-src ext/opcache/ZendAccelerator.c,
// kill_all_lockers()).
error with_holders(error const& failed, found_pool const& found, fpm::proc const& processes) {
  auto holders = fpm::lock_holders(processes, found.behind.master.self.pid);
  if (!holders) return failed;
  auto const& own = found.pool().workers;
  std::erase_if(*holders, [&own](fpm::worker const& each) { return !own.empty() && each.self.uid == own.front().uid; });
  if (holders->empty()) return failed;
  std::string pids;
  for (fpm::worker const& each : *holders) pids += " " + std::to_string(each.self.pid);
  return failed.in_words(failed.message() + ": OPcache waits with its restart for a request of " +
                             holders_text(*holders) + ", which PHP may not end, because it is another user's",
                         "wait until that request has ended, or end it as root: kill" + pids);
}

// The setting that may have caused a failure; empty if there is none.
std::string setting_behind(error const& failed) {
  if (failed.blamed() == blame::setting) return failed.blamed_name();
  if (failed.blamed() == blame::function) return "disable_functions";
  switch (failed.kind()) {
    case error_kind::open_basedir:
      return "open_basedir";
    case error_kind::limit_extensions:
      return "security.limit_extensions";
    case error_kind::restricted:
      return "opcache.restrict_api";
    case error_kind::not_visible:
      return "chroot";
    case error_kind::memory_limit:
      return "memory_limit";
    case error_kind::worker_died:
      return "request_terminate_timeout";
    default:
      return {};
  }
}

bool is_off(std::string const& value) {
  return value.empty() || value == "0" || value == "off" || value == "no" || value == "false" || value == "none";
}

// True if the list, with commas between functions, names that one.
bool names(std::string_view list, std::string_view function) {
  while (!list.empty()) {
    std::size_t const end = std::min(list.find_first_of(", "), list.size());
    if (end > 0 && list.substr(0, end) == function) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

// True if this line can be the cause. Settings from elsewhere, such as php.ini, are not seen here.
bool explains(std::string const& setting, std::string const& value, error const& failed) {
  if (setting == "disable_functions") return names(value, failed.blamed_name());
  if (setting == "opcache.enable" || setting == "apc.enabled") return is_off(value);
  if (setting == "opcache.file_cache_only" || setting == "request_terminate_timeout") return !is_off(value);
  return true;
}

error with_line(error const& failed, std::string const& name, fpm::pool const& of) {
  auto const line = fpm::find_setting(of, name);
  if (!line || !explains(name, line->line.value, failed)) return failed;
  return failed.in_words(failed.message() + "; see " + line->text(), failed.hint());
}

// A command's own error about many calls together has none of these phases.
bool is_about_time(error const& failed) {
  return failed.kind() == error_kind::timeout && failed.at() != phase::resolve && failed.at() != phase::prepare;
}

bool is_about_a_socket(error const& failed, fastcgi::endpoint const& where) {
  return failed.kind() == error_kind::forbidden && where.kind() == fastcgi::endpoint::family::unix_path;
}

}  // namespace

error with_load(error const& failed, fpm::pool_load const& load, std::optional<fpm::setting> const& max_children) {
  auto const busy = load.busy();
  std::string const run = failed.may_have_run() ? "; php-fpm may still run the call" : "; the call was not begun";
  if (!busy) return failed.in_words(failed.message() + run, failed.hint());
  return failed.in_words(failed.message() + ": " + busy_text(load, *busy) + held_text(load) + waiting_text(load) + run,
                         advice(failed, load, max_children));
}

error examined(error const& failed, fastcgi::endpoint const& where, pid_t master, fpm::search_options const& around) {
  std::string const setting = setting_behind(failed);
  bool const about_time = is_about_time(failed);
  bool const about_socket = is_about_a_socket(failed, where);
  bool const empty_page = failed.blamed() == blame::empty_answer;
  if (setting.empty() && !about_time && !about_socket && !empty_page) return failed;

  auto const found = find_pool(where, master, around);
  if (about_socket) {
    error const why =
        fpm::forbidden_socket(where.path(), found ? found->pool() : fpm::pool(), fpm::process_identity::own());
    return failed.in_words(why.message(), why.hint());
  }
  if (about_time) {
    if (!found) return with_load(failed, {}, std::nullopt);
    return with_load(failed, fpm::load_of(found->pool(), fpm::proc(around.proc)),
                     fpm::find_setting(found->pool(), "pm.max_children"));
  }
  if (!found) return failed;
  return empty_page ? with_holders(failed, *found, fpm::proc(around.proc)) : with_line(failed, setting, found->pool());
}

}  // namespace cachetool::adapter
