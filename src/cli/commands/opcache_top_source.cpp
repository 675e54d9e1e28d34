#include "cli/commands/opcache_top_source.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "caches/opcache.hpp"
#include "caches/pool_status.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

constexpr std::int64_t most_rows = 200;      // no screen shows more
constexpr std::int64_t most_watched = 2000;  // scripts whose hits are compared

using report::level_figure;

void add_levels(report::top_figures& to, opcache::status const& from) {
  if (auto const& memory = from.memory) {
    to.levels.push_back({"Memory", memory->used, memory->wasted, memory->used + memory->wasted + memory->free, true});
  }
  if (auto const& counts = from.counts) to.levels.push_back({"Names", counts->keys, 0, counts->max_keys, false});
  if (auto const& strings = from.strings) {
    to.levels.push_back({"Strings", strings->used, 0, strings->buffer_size, true});
  }
  std::int64_t const jit = from.raw["jit"]["buffer_size"].as_int();
  if (jit <= 0) return;
  std::int64_t const free = std::clamp<std::int64_t>(from.raw["jit"]["buffer_free"].as_int(), 0, jit);
  to.levels.push_back({"JIT", jit - free, 0, jit, true});
}

std::string restarts_text(opcache::statistics const& counts) {
  return report::grouped(counts.oom_restarts) + " for want of memory, " + report::grouped(counts.hash_restarts) +
         " of names, " + report::grouped(counts.manual_restarts) + " asked for";
}

std::string scripts_text(opcache::status const& from) {
  std::string const scripts = from.counts ? ", " + report::grouped(from.counts->scripts) + " scripts" : "";
  return "PHP " + from.from.php_version + scripts;
}

opcache::script_query query_for(top_view view) {
  using order = opcache::script_query::order;
  opcache::script_query out;
  out.sort = view == top_view::memory ? order::by_memory : view == top_view::hits ? order::by_hits : order::by_last_use;
  out.limit = view == top_view::growth ? most_watched : most_rows;
  return out;
}

std::vector<std::string> script_row(opcache::script const& each) {
  return {report::grouped(each.hits), report::bytes(static_cast<double>(each.memory)), std::string(each.path)};
}

bool is_busy(fpm::worker_status const& worker) {
  return worker.state != "Idle";
}

std::vector<std::string> worker_row(fpm::worker_status const& worker) {
  auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(worker.duration);
  std::string const query = worker.query.empty() ? "" : "?" + worker.query;
  std::string const what = worker.uri.empty() ? worker.script : worker.uri;
  return {std::to_string(worker.pid), report::escape_controls(worker.state), base::duration_text(took),
          worker.method + " " + what + query};
}

report::top_list worker_list(fpm::pool_status const& pool) {
  report::top_list out{{"PID", "State", "Takes", "Request"}, {}};
  for (fpm::worker_status const& each : pool.each) {
    if (is_busy(each)) out.rows.push_back(worker_row(each));
  }
  std::string const others = std::to_string(out.rows.size()) + " of the " +
                             base::counted(std::max<std::int64_t>(pool.workers - 1, 0), "other worker");
  out.remark = others + " of the pool " + pool.name + (out.rows.size() == 1 ? " is" : " are") + " busy";
  return out;
}

}  // namespace

report::top_figures top_figures_of(opcache::status const& status, std::string const& label) {
  report::top_figures out;
  out.name = label + (status.from.pool.empty() ? "" : ", pool " + status.from.pool);
  out.state = scripts_text(status);
  if (status.restart_pending) {
    out.state += ", a restart is pending";
    out.how = report::look::warning;
  } else if (status.cache_full) {
    out.state += ", the cache is full";
    out.how = report::look::bad;
  }
  add_levels(out, status);
  if (!status.counts) return out;
  out.restarts = restarts_text(*status.counts);
  out.hits_ever = status.counts->hit_rate;
  return out;
}

std::optional<double> hits_between(opcache::statistics const& before, opcache::statistics const& now,
                                   std::int64_t own) {
  bool const is_another = now.start_time != before.start_time || now.last_restart_time != before.last_restart_time;
  std::int64_t const hits = now.hits - before.hits;
  std::int64_t const misses = std::max<std::int64_t>(now.misses - before.misses - own, 0);
  if (is_another || hits < 0 || hits + misses <= 0) return std::nullopt;
  return static_cast<double>(hits) / static_cast<double>(hits + misses) * 100;
}

std::string const& top_source::name() const noexcept {
  std::string const& label = whom_.addresses.front().label;
  return label.empty() ? whom_.who : label;
}

report::top_figures top_source::before_the_first() const {
  report::top_figures out;
  out.name = name();
  out.state = "waiting for an answer";
  return out;
}

report::top_figures const& top_source::look(top_view view, agent::observer& log) {
  try {
    if (whom_.unreachable && !whom_.where) throw *whom_.unreachable;
    if (!php_) php_ = whom_.open(log);
    read(view);
    shown_.failure.clear();
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    php_.reset();  // a new one finds a php-fpm that was started anew
    before_.reset();
    if (shown_.name.empty()) shown_.name = name();
    shown_.failure = failed.message();
  }
  return shown_;
}

void top_source::read(top_view view) {
  list_ = {};
  bool const is_of_scripts = view != top_view::workers;
  opcache::status const status = is_of_scripts ? read_scripts(view) : opcache::read_status(*php_);
  std::int64_t const own = requests_ + 1;
  requests_ = 0;
  if (!is_of_scripts) read_workers();
  report::top_figures figures = top_figures_of(status, php_->label());
  if (before_ && status.counts) figures.hits_now = hits_between(*before_, *status.counts, own);
  figures.list = std::move(list_);
  before_ = status.counts;
  shown_ = std::move(figures);
}

opcache::status top_source::read_scripts(top_view view) {
  bool const compares = view == top_view::growth;
  std::map<std::string, std::int64_t> seen;
  grown_.clear();
  list_ = {{compares ? "More" : "Hits", "Memory", "Script"}, {}, {}, true};
  auto status = opcache::read_scripts(*php_, query_for(view), [&](opcache::script const& each) {
    compares ? add_growth(each, seen) : list_.rows.push_back(script_row(each));
  });
  if (compares) sort_growth();
  hits_before_ = std::move(seen);
  return status;
}

void top_source::add_growth(opcache::script const& each, std::map<std::string, std::int64_t>& seen) {
  auto const known = hits_before_.find(std::string(each.path));
  if (known != hits_before_.end() && each.hits > known->second) {
    std::vector<std::string> row = script_row(each);
    row[0] = report::grouped(each.hits - known->second);
    grown_.emplace_back(each.hits - known->second, std::move(row));
  }
  seen.emplace(each.path, each.hits);
}

void top_source::sort_growth() {
  std::stable_sort(grown_.begin(), grown_.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
  if (std::ssize(grown_) > most_rows) grown_.resize(static_cast<std::size_t>(most_rows));
  for (auto& [more, row] : grown_) list_.rows.push_back(std::move(row));
  if (hits_before_.empty()) {
    list_.remark = "The next sample tells what was used since this one";
  } else if (list_.rows.empty()) {
    list_.remark = "No script was used since the sample before";
  }
}

void top_source::read_workers() {
  try {
    auto const host =
        whom_.where ? fpm::master_of(*whom_.where, php_->master(), {.interrupt_fd = whom_.interrupt_fd}) : std::nullopt;
    list_ = worker_list(fpm::read_pool_status(*php_, host, true));
    ++requests_;
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    list_.remark = "What the workers do is not known: " + failed.message();
  }
}

}  // namespace cachetool::cli
