#include <algorithm>
#include <charconv>

#include "advice/checks.hpp"
#include "advice/figures.hpp"
#include "advice/load.hpp"
#include "advice/remedy.hpp"
#include "advice/room.hpp"

namespace cachetool::advice {
namespace {

std::string more_workers(subject const& of) {
  auto const limit = most_workers(of);
  if (!limit) return "raise pm.max_children";
  return "where memory allows, " +
         set_in_pool(of, "pm.max_children", std::to_string(std::min<std::int64_t>(*limit, 10'000) * 2));
}

std::string_view period(subject const& of) {
  return of.since ? " since the last look" : " since php-fpm was started";
}

}  // namespace

std::optional<std::int64_t> most_workers(subject const& of) {
  std::int64_t limit = 0;
  if (auto const line = pool_line(of, "pm.max_children")) {
    std::from_chars(line->value.data(), line->value.data() + line->value.size(), limit);
  } else if (of.load->manager == "static") {
    limit = of.load->workers;
  }
  return limit > 0 ? std::optional(limit) : std::nullopt;
}

// The worker that answers is busy with that.
std::optional<verdict> check_busy(subject const& of) {
  if (!of.load) return std::nullopt;
  auto const limit = most_workers(of);
  std::int64_t const others = std::max<std::int64_t>(of.load->active - 1, 0);
  std::string const figures = std::to_string(others) + " of " + std::to_string(limit.value_or(of.load->workers)) +
                              " workers busy, beside this look";
  if (!limit || share(others, *limit) < 90) return verdict{level::ok, figures};
  return verdict{level::warning, figures + ": visitors will soon have to wait", more_workers(of)};
}

std::optional<verdict> check_queue(subject const& of) {
  if (!of.load || of.load->queue <= 0) return std::nullopt;
  bool const is_nearly_full = of.load->queue_size > 0 && share(of.load->queue, of.load->queue_size) >= 90;
  std::string const waiting =
      counted(of.load->queue, "connection") + (of.load->queue == 1 ? " waits" : " wait") + " for a worker";
  if (!is_nearly_full) return verdict{level::warning, waiting, more_workers(of)};
  return verdict{level::failure,
                 waiting + ", and only " + std::to_string(of.load->queue_size) + " may wait (listen.backlog)",
                 more_workers(of)};
}

std::optional<verdict> check_max_children(subject const& of) {
  if (!of.load) return std::nullopt;
  std::int64_t const times = of.since ? of.since->limit_reached : of.load->limit_reached;
  if (times <= 0) return std::nullopt;
  return verdict{of.since ? level::warning : level::note,
                 "all workers were busy " + counted(times, "time") + std::string(period(of)) +
                     " (max children reached): visitors had to wait",
                 more_workers(of)};
}

std::optional<verdict> check_slow_requests(subject const& of) {
  if (!of.load) return std::nullopt;
  std::int64_t const slow = of.since ? of.since->slow_requests : of.load->slow_requests;
  if (slow <= 0) return std::nullopt;
  auto const log = pool_line(of, "slowlog");
  return verdict{of.since ? level::warning : level::note,
                 counted(slow, "request") + " took longer than request_slowlog_timeout" + std::string(period(of)),
                 log ? "see " + log->value : ""};
}

}  // namespace cachetool::advice
