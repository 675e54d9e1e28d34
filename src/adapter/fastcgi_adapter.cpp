#include "adapter/fastcgi_adapter.hpp"

#include <set>
#include <utility>

#include "adapter/examination.hpp"
#include "adapter/retry.hpp"
#include "fpm/discovery.hpp"
#include "fpm/processes.hpp"
#include "fpm/steady_workers.hpp"

namespace cachetool::adapter {
namespace {

// What ends a call also ends the search for a place.
placement::options heard(fastcgi_options const& options) {
  placement::options place = options.place;
  place.interrupt_fd = options.client.interrupt_fd;
  return place;
}

}  // namespace

fastcgi_adapter::fastcgi_adapter(fastcgi::endpoint where, fastcgi_options const& options, agent::observer& watcher)
    : options_(options), target_{where, options.client, placement::placer(heard(options), where, watcher), watcher} {}

std::unique_ptr<adapter> fastcgi_adapter::another() const {
  return std::make_unique<fastcgi_adapter>(target_.where, options_, target_.watcher);
}

agent::answer fastcgi_adapter::run(agent::call const& what) {
  auto const again = [&](error const& failed) {
    return retry_plan{broke_in_stream_ || !may_send_again(failed, what) ? 0 : options_.retries};
  };
  auto const attempt = [&] {
    broke_in_stream_ = false;
    return run_once(what);
  };
  return with_retries(attempt, again, *this, target_.watcher);
}

std::unique_ptr<call_in_progress> fastcgi_adapter::begin(agent::call const& what, bool hold) {
  return std::make_unique<fastcgi_call>(target_, what, hold);
}

std::optional<pid_t> fastcgi_adapter::master() const {
  return fpm::sees_children(target_.master) ? std::optional(target_.master) : std::nullopt;
}

std::optional<std::vector<std::int64_t>> fastcgi_adapter::workers(std::string_view pool) const {
  if (!master()) return std::nullopt;
  auto const pids = fpm::pool_workers(fpm::proc(), target_.master, pool);
  if (!pids) return std::nullopt;
  return std::vector<std::int64_t>(pids->begin(), pids->end());
}

std::optional<std::vector<std::string>> fastcgi_adapter::pools() const {
  if (!master()) return std::nullopt;
  auto const workers = fpm::workers(fpm::proc(), target_.master);
  if (!workers) return std::nullopt;
  std::set<std::string> names;
  for (fpm::worker const& each : *workers) {
    if (!each.pool.empty()) names.insert(each.pool);  // a newborn worker, which remembers nothing yet
  }
  return std::vector<std::string>(names.begin(), names.end());
}

bool fastcgi_adapter::has_steady_workers() const {
  if (!steady_) {
    auto const peer = target_.master == 0 ? std::nullopt : std::optional(target_.master);
    steady_ = !fpm::why_not_steady(fpm::master_of(target_.where, peer, {.interrupt_fd = interrupt_fd()}));
  }
  return *steady_;
}

error fastcgi_adapter::examined(error const& failed) const {
  return cachetool::adapter::examined(failed, target_.where, target_.master, {.interrupt_fd = interrupt_fd()});
}

agent::answer fastcgi_adapter::run_once(agent::call const& what) {
  fastcgi_call call(target_, what, false);
  try {
    fastcgi::run(call, options_.client.interrupt_fd);
  } catch (error const&) {
    broke_in_stream_ = call.streamed();
    throw;
  }
  return call.take();
}

}  // namespace cachetool::adapter
