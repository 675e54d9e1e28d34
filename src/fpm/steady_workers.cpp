#include "fpm/steady_workers.hpp"

#include "fpm/configured.hpp"

namespace cachetool::fpm {

error status_may_crash(std::string const& why) {
  return error(error_kind::refused, why + ": asking for the status may crash the worker that answers");
}

std::optional<error> why_not_steady(std::optional<listener> const& host) {
  if (!host || host->master.self.pid == 0) {
    return status_may_crash("nobody can tell here whether this php-fpm starts a worker just now")
        .advise("run this on the machine, and in the container, where php-fpm runs");
  }
  std::string const manager = host->pool ? value_of(host->master.pools[*host->pool], "pm") : "";
  if (manager.empty()) {
    return status_may_crash("the pool's configuration cannot be read, and it may start workers on demand")
        .advise("run this as root");
  }
  if (manager != "ondemand") return std::nullopt;
  return status_may_crash("this pool starts workers on demand (pm = ondemand)")
      .advise("a pool with pm = static or dynamic can be asked");
}

}  // namespace cachetool::fpm
