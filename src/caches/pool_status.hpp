#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/origin.hpp>

#include "adapter/adapter.hpp"
#include "fpm/discovery.hpp"

/// What php-fpm counts of a pool and its workers, as fpm_get_status() tells. No status path is needed for it. Source of
/// names and meanings: php-src sapi/fpm/fpm/fpm_status.c and fpm_scoreboard.h.
namespace cachetool::fpm {

/// A worker, with the request that it runs or the last one that it ran.
struct worker_status {
  std::int64_t pid = 0;
  std::string state;                        ///< "Idle", "Running", "Reading headers", ...
  std::int64_t start_time = 0;              ///< Unix time
  std::int64_t requests = 0;                ///< that it has begun
  std::chrono::microseconds duration{0};    ///< of that request
  std::string method;                       ///< "GET"; for an idle worker that of the last request
  std::string uri;                          ///< without the query
  std::string query;                        ///< after the "?"
  std::string script;                       ///< its file
  std::string user;                         ///< of HTTP authentication; empty for none
  std::int64_t length = 0;                  ///< bytes of the request's body
  std::optional<double> last_cpu;           ///< per cent of one processor that the last request took
  std::optional<std::int64_t> last_memory;  ///< bytes that the last request took at most
};

/// A pool. The counts run since php-fpm was started or reloaded.
struct pool_status {
  origin from;
  std::string name;
  std::string manager;             ///< pm: "static", "dynamic" or "ondemand"
  std::int64_t start_time = 0;     ///< Unix time
  std::int64_t accepted = 0;       ///< connections
  std::int64_t queue = 0;          ///< connections that wait for a worker now
  std::int64_t longest_queue = 0;  ///< of them at a time
  std::int64_t queue_size = 0;     ///< connections that may wait (listen.backlog); 0 if the system does not tell
  std::int64_t idle = 0;           ///< workers
  std::int64_t active = 0;         ///< workers that run a request, the one that told this included
  std::int64_t workers = 0;        ///< idle and active
  std::int64_t most_active = 0;    ///< workers at a time
  std::int64_t limit_reached = 0;  ///< times that pm.max_children was in the way
  std::int64_t slow_requests = 0;  ///< longer than request_slowlog_timeout
  std::optional<std::int64_t> memory_peak;  ///< bytes that a request took at most; from PHP 8.4 on
  std::vector<worker_status> each;          ///< without the worker that answered; 4096 at most
};

/// Asks a pool for its status, and for what `each` of its workers does only if `with_workers`. `host` is who listens at
/// its address, if this machine tells.
///
/// fpm_get_status() crashes the worker that runs it while another one starts (php-src 18595, 19974). So this waits, for
/// three seconds at most, for a moment when no worker was started within the last one. Throws error (refused) if none
/// comes, for a pool with pm = ondemand, where the request itself may start a worker, and where this machine does not
/// tell either; (disabled) where the function is.
pool_status read_pool_status(adapter::adapter& php, std::optional<listener> const& host, bool with_workers);

}  // namespace cachetool::fpm
