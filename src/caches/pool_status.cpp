#include "caches/pool_status.hpp"

#include <algorithm>

#include <cachetool/error.hpp>

#include "caches/ask.hpp"
#include "caches/figures.hpp"
#include "fpm/processes.hpp"
#include "fpm/steady_workers.hpp"

namespace cachetool::fpm {
namespace {

using caches::ask;
using caches::count_in;

constexpr std::size_t most_workers = 4096;

std::string text(php::value const& v) {
  return std::string(v.as_string());
}

std::optional<std::int64_t> maybe(php::value const& v) {
  return v.is_null() ? std::nullopt : std::optional(count_in(v));
}

// php-fpm writes "-" for none (php-src sapi/fpm/fpm/fpm_status.c).
std::string text_or_none(php::value const& v) {
  return v.as_string() == "-" ? "" : text(v);
}

worker_status to_worker(php::value const& v) {
  worker_status out;
  out.pid = count_in(v["pid"]);
  out.state = text(v["state"]);
  out.start_time = count_in(v["start-time"]);
  out.requests = count_in(v["requests"]);
  out.duration = std::chrono::microseconds{count_in(v["request-duration"])};
  out.method = text_or_none(v["request-method"]);
  out.uri = text_or_none(v["request-uri"]);
  out.query = text(v["query-string"]);
  out.script = text_or_none(v["script"]);
  out.user = text_or_none(v["user"]);
  out.length = count_in(v["request-length"]);
  if (out.state != "Idle") return out;  // php-fpm writes 0 for what it does not know yet
  out.last_cpu = v["last-request-cpu"].as_double();
  out.last_memory = maybe(v["last-request-memory"]);
  return out;
}

pool_status to_pool_status(agent::answer const& answer) {
  php::value const& v = answer.result;
  pool_status out;
  out.from = caches::from(answer);
  out.name = text(v["pool"]);
  out.manager = text(v["process-manager"]);
  out.start_time = count_in(v["start-time"]);
  out.accepted = count_in(v["accepted-conn"]);
  out.queue = count_in(v["listen-queue"]);
  out.longest_queue = count_in(v["max-listen-queue"]);
  out.queue_size = count_in(v["listen-queue-len"]);
  out.idle = count_in(v["idle-processes"]);
  out.active = count_in(v["active-processes"]);
  out.workers = count_in(v["total-processes"]);
  out.most_active = count_in(v["max-active-processes"]);
  out.limit_reached = count_in(v["max-children-reached"]);
  out.slow_requests = count_in(v["slow-requests"]);
  out.memory_peak = maybe(v["memory-peak"]);
  for (php::entry const& each : v["procs"].entries().first(std::min(v["procs"].entries().size(), most_workers))) {
    out.each.push_back(to_worker(each.item));
  }
  return out;
}

void await_settled_workers(adapter::adapter& php, pid_t master) {
  constexpr std::chrono::milliseconds pause{100};
  constexpr int most_looks = 30;
  proc const processes;
  for (int looks = 0; !have_settled(processes, master); ++looks) {
    if (looks == most_looks) {
      throw status_may_crash("php-fpm starts workers all the time")
          .advise("try again; with pm = static, or more spare workers (pm.min_spare_servers), it starts fewer");
    }
    php.pause(pause);
  }
}

}  // namespace

pool_status read_pool_status(adapter::adapter& php, std::optional<listener> const& host, bool with_workers) {
  if (auto const why = why_not_steady(host)) throw error(*why);
  await_settled_workers(php, host->master.self.pid);
  agent::call call = ask("fpm.status", {{"workers", with_workers}});
  call.idempotent = false;  // not sent again: once it has ended a worker, another one is starting
  return to_pool_status(php.run(call));
}

}  // namespace cachetool::fpm
