#include "doctor/way_checks.hpp"

#include <array>
#include <cstdio>

#include "advice/facts.hpp"
#include "advice/figures.hpp"
#include "base/file_info.hpp"
#include "base/text.hpp"
#include "fpm/configured.hpp"

namespace cachetool::doctor {
namespace {

using advice::private_place;
using advice::shortened;

verdict failed(error const& why) {
  return {level::failure, why.message(), why.hint()};
}

fpm::pool const* pool_of(seen_way const& seen) {
  return seen.host && seen.host->pool ? &seen.host->master.pools[*seen.host->pool] : nullptr;
}

std::string describe(fpm::master const& master, std::string const& user) {
  std::string text = "php-fpm" + (master.version.empty() ? "" : " " + master.version);
  if (master.self.pid != 0) {
    text += ", master " + std::to_string(master.self.pid) + " of " + user;
  }
  return text + (master.config.empty() ? "" : ", " + master.config);
}

std::string describe(fpm::pool const& pool) {
  std::string const name = pool.name.empty() ? "" : "pool " + pool.name;
  std::string const workers =
      pool.workers.empty() ? "" : base::counted(static_cast<std::int64_t>(pool.workers.size()), "worker");
  return (name.empty() ? "" : ", " + name) + (workers.empty() ? "" : ", " + workers);
}

verdict check_find(seen_way const& seen) {
  if (seen.guessed) {
    return {level::note,
            "no php-fpm that runs on this machine was found: it may be in a container, on another host, or hidden from "
            "this user; 127.0.0.1:9000 is tried, if root or the caller listens there",
            "name the php-fpm you mean: --fcgi=ADDRESS; as root more is found"};
  }
  if (!seen.host) {
    if (!seen.who.empty()) return {level::ok, seen.who};
    return {level::note,
            "no php-fpm that can be seen on this machine listens on " + seen.where->text() +
                ": if there is one, it is in a container, on another host, or hidden from this user",
            "cachetool fpm:list shows those that run here"};
  }
  fpm::master const& master = seen.host->master;
  fpm::pool const* const pool = pool_of(seen);
  std::string const all = master.pools.size() < 2
                              ? ""
                              : ", one of its " + base::counted(static_cast<std::int64_t>(master.pools.size()), "pool");
  return {level::ok, describe(master, seen.master_user) + (pool == nullptr ? "" : describe(*pool)) + all};
}

verdict check_connect(seen_way const& seen) {
  if (!seen.socket) return {level::ok, seen.where->text() + " accepts connections"};
  return {level::ok, seen.where->text() + ", of " + seen.socket->user + " and the group " + seen.socket->group +
                         ", mode " + base::octal(seen.socket->mode) + ", lets " + seen.caller + " in"};
}

// The directory, if the file's name means nothing to anybody.
std::string place_of(std::string const& path) {
  if (auto const own = private_place(path)) return *own;
  std::size_t const slash = path.rfind('/');
  constexpr std::size_t digest = 64;
  bool const is_kept = slash != std::string::npos && path.size() == slash + 1 + digest + 4;
  return is_kept ? path.substr(0, slash) : path;
}

// Why a place for the agent may have to be searched for.
std::string view_of(seen_way const& seen) {
  if (!seen.host) return {};
  fpm::pool const* const pool = pool_of(seen);
  std::string const root = pool == nullptr ? "" : fpm::value_of(*pool, "chroot");
  if (!root.empty()) return ", in the root directory " + root + " that the pool has (chroot)";
  return seen.host->master.elsewhere ? ", in the root directory or mount namespace that this php-fpm has for itself"
                                     : "";
}

verdict check_place(seen_way const& seen) {
  std::string const served = "the agent is run from " + place_of(seen.agent_path) + view_of(seen);
  std::string before;
  for (failed_place const& each : seen.refused) {
    if (each.named)
      return {level::warning, served + "; not from where it was named: " + each.why.message(), each.why.hint()};
    if (each.why.kind() == error_kind::placement) continue;  // a place that cannot be used is no surprise
    before += (before.empty() ? "; before that: " : "; ") + shortened(each.why.message());
  }
  return {before.empty() ? level::ok : level::note, served + before};
}

verdict check_answer(seen_way const& seen) {
  std::array<char, 32> time{};
  std::snprintf(time.data(), time.size(), "%.1f ms", seen.took.count());
  std::string const who = seen.worker == 0 ? "a worker" : "worker " + std::to_string(seen.worker);
  std::string const as = seen.worker_user.empty() ? "" : " of " + seen.worker_user;
  std::string const message = who + as + " answered in " + time.data();
  if (seen.said.empty()) return {level::ok, message};
  return {level::note, message + ", and php-fpm wrote to its log: " + shortened(seen.said)};
}

}  // namespace

stage stage_of(error const& failed, seen_way const& seen) {
  switch (failed.kind()) {
    case error_kind::not_visible:
    case error_kind::access_denied:
    case error_kind::limit_extensions:
    case error_kind::open_basedir:
    case error_kind::placement:
      return stage::place;
    case error_kind::forbidden:
    case error_kind::stale:
    case error_kind::unreachable:
      return stage::connect;
    default:
      break;
  }
  bool const connects = failed.at() == phase::resolve || failed.at() == phase::connect;
  return connects || seen.agent_path.empty() ? stage::connect : stage::run;
}

std::vector<finding> check_way(seen_way const& seen, std::optional<error> const& ended) {
  stage const reached = ended ? stage_of(*ended, seen) : stage::over;
  std::vector<finding> found;
  if (seen.where || !seen.who.empty()) found.push_back({"find", "find", check_find(seen)});
  if (reached == stage::connect) {
    found.push_back({"connect", "connect", failed(*ended)});
    return found;
  }
  if (seen.where) found.push_back({"connect", "connect", check_connect(seen)});
  if (reached == stage::place) {
    found.push_back({"place", "place", failed(*ended)});
    return found;
  }
  if (seen.where) found.push_back({"place", "place", check_place(seen)});
  found.push_back({"run", "run", reached == stage::run ? failed(*ended) : check_answer(seen)});
  return found;
}

}  // namespace cachetool::doctor
