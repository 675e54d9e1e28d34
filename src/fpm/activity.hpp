#pragma once

/// What the workers of a pool do now, for messages that say why nobody answers.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fpm/connections.hpp"
#include "fpm/master.hpp"
#include "fpm/proc.hpp"

namespace cachetool::fpm {

enum class doing : std::uint8_t {
  unknown,  ///< the caller may not look: that takes root, or the right to trace the worker
  idle,     ///< it waits for a connection
  held,     ///< a client keeps its connection open between two requests, and nothing comes on it
  running   ///< everything else: it runs PHP
};

struct worker_activity {
  pid_t pid = 0;
  doing what = doing::unknown;
};

/// Returns what each of these php-fpm workers does at this moment, in their order. One that has ended is unknown.
///
/// An idle worker sleeps in accept(). A worker that was told to keep its connection, or whose client does not close,
/// sleeps in read() or recv() on a connection to the socket that it listens on. Sources: proc(5), /proc/<pid>/syscall,
/// /proc/net/unix, tcp and tcp6; php-src main/fastcgi.c, fcgi_accept_request().
std::vector<worker_activity> activities(std::vector<pid_t> const& workers, proc const& processes = proc());

/// How busy a pool is.
struct pool_load {
  std::string pool;  ///< empty if unknown
  std::vector<worker_activity> workers;
  std::optional<connection_count> connections;

  /// How many workers have something to do; nothing if neither they nor the connections tell.
  [[nodiscard]] std::optional<std::size_t> busy() const;

  [[nodiscard]] std::size_t count(doing what) const;

  /// True if every worker has something to do.
  [[nodiscard]] bool all_busy() const;
};

pool_load load_of(pool const& of, proc const& processes = proc());

}  // namespace cachetool::fpm
