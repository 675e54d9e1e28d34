#include "caches/pool_sweep.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "caches/ask.hpp"

namespace cachetool::caches {
namespace {

using base::clock;
using std::chrono::milliseconds;

constexpr std::size_t at_a_time = 4;          // plain calls; so few that a pool under load does not notice
constexpr milliseconds holding_interval{10};  // while workers are held: does anybody else want one?
constexpr milliseconds blind_hold{25};        // how long they are held if that cannot be seen
constexpr milliseconds settling_time{2};      // workers close their ends of finished connections meanwhile
constexpr int settling_looks = 3;             // how often to wait for that
constexpr milliseconds longest_pause{30};     // between two rounds of plain calls
constexpr int pause_part = 32;                // of the time so far, up to longest_pause after a second: the longer it
                                              // takes, the less haste
constexpr milliseconds while_nothing_ends{100};  // between two calls while the workers that are left seem busy
constexpr milliseconds patient_after{50};        // without any news
constexpr milliseconds first_retry{50};          // doubled each time
constexpr milliseconds list_interval{1000};      // fpm_get_status() is dangerous: docs/developers/agent.md

// Whoever has done the work is reached again and again while others are busy, and need not do it again.
agent::call for_workers(agent::call call, std::set<std::int64_t> const& pids) {
  auto const given = call.arguments.entries();
  php::array arguments{{given.begin(), given.end()}};
  php::array list;
  for (std::int64_t const pid : pids) list.entries.push_back({std::int64_t(list.entries.size()), pid});
  arguments.entries.push_back({std::string("pids"), std::move(list)});
  call.arguments = std::move(arguments);
  return call;
}

}  // namespace

pool_sweep::pool_sweep(adapter::adapter& php, agent::call what, base::time_point until)
    : php_(php), what_(std::move(what)), start_(clock::now()), until_(until), wakes_(start_) {}

std::vector<adapter::call_in_progress*> pool_sweep::in_progress() const {
  std::vector<adapter::call_in_progress*> out;
  for (auto const& call : calls_) out.push_back(call.get());
  return out;
}

void pool_sweep::begin_calls() {
  if (!base::passed(wakes_)) return;
  wakes_ = until_;
  switch (stage_) {
    case stage::first:
      if (calls_.empty()) begin(true);
      return;
    case stage::holding:
      return hold_all();
    case stage::asking:
      if (calls_.empty()) begin_round();
      return;
    case stage::over:
      return;
  }
}

void pool_sweep::begin(bool hold) {
  // Longer than the sweep waits: the sweep decides when to give up, and says why.
  what_.timeout = std::chrono::ceil<milliseconds>(until_ - clock::now()) + longest_pause;
  calls_.push_back(php_.begin(expected_.empty() ? what_ : for_workers(what_, expected_), hold));
}

void pool_sweep::ended(adapter::call_in_progress& which, std::optional<error> const& failure) {
  auto const at =
      std::find_if(calls_.begin(), calls_.end(), [&which](auto const& call) { return call.get() == &which; });
  std::unique_ptr<adapter::call_in_progress> call = std::move(*at);
  calls_.erase(at);
  if (failure) return failed(*failure);
  if (stage_ != stage::first) failures_ = 0;  // in the first stage it is not enough that one worker answers
  agent::answer answer = call->take();
  if (stage_ != stage::asking) held_.push_back(std::move(call));
  answered(std::move(answer));
}

void pool_sweep::answered(agent::answer answer) {
  if (stage_ == stage::first) {
    if (!learn_workers(answer)) return;
    result_.answers.push_back(std::move(answer));
  } else if (expected_.erase(answer.pid) > 0) {
    news_ = clock::now();
    result_.answers.push_back(std::move(answer));
  }
  if (expected_.empty()) {
    end();
  } else if (calls_.empty()) {
    // Another worker than an expected one was reached, or a round is over.
    if (stage_ == stage::holding && held_.size() > 1) let_go();
    wakes_ = next_round_;
  }
}

/// False if it is not yet known which workers there are.
bool pool_sweep::learn_workers(agent::answer const& first) {
  result_.from = from(first);
  auto const alive = first.pid == 0 ? std::nullopt : php_.workers(first.pool);
  // Empty: the worker has no /proc to tell its pool from, or another process listens for the master (FPM_SOCKETS).
  visible_ = alive && !alive->empty();
  if (visible_) expected_ = {alive->begin(), alive->end()};
  if (!visible_) {
    held_.clear();  // a pool's only worker must be free to answer again
    if (auto const failure = list_by_php()) {
      failed(*failure);
      return false;
    }
  }
  result_.workers_known = visible_ || expected_.count(first.pid) > 0;
  if (!result_.workers_known) expected_.clear();
  workers_ = expected_.size();
  expected_.erase(first.pid);
  stage_ = visible_ ? stage::holding : stage::asking;
  next_round_ = clock::now();
  failures_ = 0;
  return true;
}

void pool_sweep::hold_all() {
  bool const begun = held_.size() + calls_.size() > 1;
  if (!begun && is_wanted_by_others()) {
    if (++looks_ >= settling_looks) return let_go();
    wakes_ = clock::now() + settling_time;
  } else if (!begun) {
    for (std::size_t i = 0; i < expected_.size(); ++i) begin(true);
    wakes_ = clock::now() + (php_.connections() ? holding_interval : blind_hold);
  } else if (!php_.connections() || is_wanted_by_others()) {
    let_go();
  } else {
    wakes_ = clock::now() + holding_interval;
  }
}

bool pool_sweep::is_wanted_by_others() const {
  auto const all = php_.connections();
  return all && *all > static_cast<std::int64_t>(held_.size() + calls_.size());
}

void pool_sweep::let_go() {
  calls_.clear();
  held_.clear();
  stage_ = stage::asking;
  wakes_ = next_round_ = news_ = clock::now();
}

void pool_sweep::begin_round() {
  strike_the_dead();
  if (expected_.empty()) return end();
  round_failure_.reset();
  auto const connections = php_.connections();
  bool const is_waiting = waits_for_busy_ones(connections);
  std::int64_t const idle = static_cast<std::int64_t>(workers_) - connections.value_or(0);
  std::size_t const most = idle > 0 ? static_cast<std::size_t>(idle) : workers_;
  std::size_t const calls = std::clamp<std::size_t>(is_waiting ? workers_ / 8 : most, 1, at_a_time);
  for (std::size_t i = 0; i < calls; ++i) begin(false);
  auto const now = clock::now();
  next_round_ =
      now + (is_waiting ? while_nothing_ends : std::min<clock::duration>(longest_pause, (now - start_) / pause_part));
}

// Workers are free, but not those that are left: they run long requests. The fewest connections tell when one has
// ended. The kernel passes connections to free workers in turn, so few calls find it.
bool pool_sweep::waits_for_busy_ones(std::optional<std::int64_t> connections) {
  if (!connections || *connections >= static_cast<std::int64_t>(workers_)) return false;
  if (*connections < fewest_connections_) {
    fewest_connections_ = *connections;
    news_ = clock::now();
  }
  return clock::now() - news_ > patient_after;
}

void pool_sweep::strike_the_dead() {
  if (visible_) {
    auto const alive = php_.workers(result_.from.pool);
    if (!alive) return;  // unknown at the moment; that does not mean that anybody is dead
    workers_ = alive->size();
    std::erase_if(expected_, [&alive](std::int64_t pid) { return std::count(alive->begin(), alive->end(), pid) == 0; });
  } else if (result_.workers_known && base::passed(listed_ + list_interval)) {
    std::set<std::int64_t> const before = expected_;
    if (list_by_php()) return;  // the pool is full: what was known has to do
    std::erase_if(expected_, [&before](std::int64_t pid) { return before.count(pid) == 0; });
  }
}

/// Expects the workers that PHP names, or returns why it could not be asked.
std::optional<error> pool_sweep::list_by_php() {
  agent::call list = ask("stat.workers");
  list.timeout = list_interval;
  list.idempotent = false;  // not sent again: once it has ended a worker, another one is starting
  listed_ = clock::now();
  try {
    agent::answer const answer = php_.run(list);
    expected_.clear();
    for (php::entry const& each : answer.result.entries()) expected_.insert(each.item.as_int());
    return std::nullopt;
  } catch (error const& failure) {
    if (failure.kind() == error_kind::interrupted) throw;
    return failure;
  }
}

void pool_sweep::failed(error const& why) {
  if (stage_ == stage::holding) return let_go();
  bool const transient = why.kind() == error_kind::timeout || adapter::may_send_again(why, what_);
  if (!transient) return give_up(why);
  round_failure_ = why;
  if (!calls_.empty()) return;
  // Waits for a full pool as long as it takes.
  if (why.kind() != error_kind::timeout && ++failures_ > php_.retries()) return give_up(why);
  wakes_ = std::max(next_round_, clock::now() + first_retry * (1 << std::clamp(failures_ - 1, 0, 6)));
}

void pool_sweep::give_up(error const& why) {
  result_.failure = why;
  end();
}

void pool_sweep::end() {
  calls_.clear();
  held_.clear();
  stage_ = stage::over;
}

error pool_sweep::silence() const {
  if (calls_.empty() && round_failure_) return *round_failure_;
  std::string const what =
      "no worker answered within " + base::duration_text(std::chrono::ceil<milliseconds>(until_ - start_));
  if (calls_.empty()) return error(error_kind::timeout, what).on(php_.label());
  return calls_.front()
      ->failure(error_kind::timeout, what)
      .advise("allow more time: --deadline=SECONDS")
      .blame_on(blame::whole_command);
}

sweep pool_sweep::finish() {
  if (!over() && result_.answers.empty()) result_.failure = silence();
  end();
  if (!result_.failure) strike_the_dead();
  result_.missing = {expected_.begin(), expected_.end()};
  return std::move(result_);
}

}  // namespace cachetool::caches
