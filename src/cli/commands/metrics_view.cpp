#include "cli/commands/metrics_view.hpp"

#include "advice/checks.hpp"
#include "advice/figures.hpp"
#include "report/prometheus.hpp"

namespace cachetool::cli {
namespace {

using report::metric;
using report::metric_labels;
using report::prometheus_text;

constexpr auto gauge = metric::kind::gauge;
constexpr auto counter = metric::kind::counter;
constexpr auto untyped = metric::kind::untyped;

template <typename Record, typename Number>
struct figure {
  metric what;
  Number Record::*member;
};

template <typename Record>
using whole_figure = figure<Record, std::int64_t>;

template <typename Record, std::size_t Count>
void add_all(prometheus_text& out, metric_labels const& labels, Record const& from,
             whole_figure<Record> const (&figures)[Count]) {
  for (auto const& each : figures) out.add(each.what, labels, from.*each.member);
}

constexpr metric up{"cachetool_up", gauge, "Whether php-fpm ran the code that reads its caches."};
constexpr metric status_is_known{"phpfpm_up", gauge, "Whether php-fpm told the status of the pool."};

// Where exporters agree on a name, dashboards use it.
constexpr whole_figure<fpm::pool_status> pool_figures[] = {
    {{"phpfpm_accepted_connections", untyped, "Connections that were accepted, since php-fpm was started."},
     &fpm::pool_status::accepted},
    {{"phpfpm_active_processes", gauge, "Workers that run a request, the one that told this included."},
     &fpm::pool_status::active},
    {{"phpfpm_idle_processes", gauge, "Workers that wait for a request."}, &fpm::pool_status::idle},
    {{"phpfpm_total_processes", gauge, "Workers."}, &fpm::pool_status::workers},
    {{"phpfpm_max_active_processes", gauge, "Workers that ran a request at the same time, at the most."},
     &fpm::pool_status::most_active},
    {{"phpfpm_max_children_reached", untyped, "Times that pm.max_children was in the way."},
     &fpm::pool_status::limit_reached},
    {{"phpfpm_listen_queue", gauge, "Connections that wait for a worker."}, &fpm::pool_status::queue},
    {{"phpfpm_max_listen_queue", gauge, "Connections that waited at the same time, at the most."},
     &fpm::pool_status::longest_queue},
    {{"phpfpm_listen_queue_length", gauge, "Connections that may wait; 0 where the system does not tell."},
     &fpm::pool_status::queue_size},
    {{"phpfpm_slow_requests", untyped, "Requests that took longer than request_slowlog_timeout."},
     &fpm::pool_status::slow_requests},
    {{"phpfpm_start_time_seconds", gauge, "Unix time at which php-fpm was started or reloaded."},
     &fpm::pool_status::start_time}};

constexpr whole_figure<opcache::memory_usage> memory_figures[] = {
    {{"phpfpm_opcache_used_memory_bytes", gauge, "Shared memory that is used."}, &opcache::memory_usage::used},
    {{"phpfpm_opcache_free_memory_bytes", gauge, "Shared memory that is free."}, &opcache::memory_usage::free},
    {{"phpfpm_opcache_wasted_memory_bytes", gauge, "Shared memory that only a reset gives back."},
     &opcache::memory_usage::wasted}};

constexpr whole_figure<opcache::interned_strings> string_figures[] = {
    {{"phpfpm_opcache_interned_strings_buffer_bytes", gauge, "The buffer of strings that all scripts share."},
     &opcache::interned_strings::buffer_size},
    {{"phpfpm_opcache_interned_strings_used_bytes", gauge, "Of that buffer, what is used."},
     &opcache::interned_strings::used},
    {{"phpfpm_opcache_interned_strings_free_bytes", gauge, "Of that buffer, what is free."},
     &opcache::interned_strings::free},
    {{"phpfpm_opcache_interned_strings", gauge, "Strings in that buffer."}, &opcache::interned_strings::count}};

constexpr whole_figure<opcache::statistics> count_figures[] = {
    {{"phpfpm_opcache_cached_scripts", gauge, "Scripts in the cache."}, &opcache::statistics::scripts},
    {{"phpfpm_opcache_cached_keys", gauge, "Names in the cache that lead to scripts."}, &opcache::statistics::keys},
    {{"phpfpm_opcache_max_cached_keys", gauge, "Names that the cache has room for."}, &opcache::statistics::max_keys},
    {{"phpfpm_opcache_hits_total", counter, "Times that a script was found in the cache, since its last restart."},
     &opcache::statistics::hits},
    {{"phpfpm_opcache_misses_total", counter, "Times that it was not, since its last restart."},
     &opcache::statistics::misses},
    {{"phpfpm_opcache_blacklist_misses_total", counter, "Times that opcache.blacklist_filename kept a script out."},
     &opcache::statistics::blacklist_misses},
    {{"phpfpm_opcache_oom_restarts_total", counter, "Restarts because the memory was full."},
     &opcache::statistics::oom_restarts},
    {{"phpfpm_opcache_hash_restarts_total", counter, "Restarts because no name was free."},
     &opcache::statistics::hash_restarts},
    {{"phpfpm_opcache_manual_restarts_total", counter, "Restarts that somebody asked for."},
     &opcache::statistics::manual_restarts},
    {{"phpfpm_opcache_start_time_seconds", gauge, "Unix time at which php-fpm made the cache."},
     &opcache::statistics::start_time},
    {{"phpfpm_opcache_last_restart_time_seconds", gauge, "Unix time of its last restart; 0 for never."},
     &opcache::statistics::last_restart_time}};

constexpr metric opcache_enabled{"phpfpm_opcache_enabled", gauge, "Whether OPcache is on."};
constexpr metric cache_full{"phpfpm_opcache_cache_full", gauge, "Whether nothing more is cached until a restart."};
constexpr metric pending{"phpfpm_opcache_restart_pending", gauge, "Whether a restart waits for running requests."};
constexpr metric hit_rate{"phpfpm_opcache_hit_rate", gauge, "Hits by hits and misses, since the last restart."};
constexpr metric jit_size{"phpfpm_opcache_jit_buffer_bytes", gauge, "The buffer of the JIT compiler."};
constexpr metric jit_free{"phpfpm_opcache_jit_buffer_free_bytes", gauge, "Of that buffer, what is free."};

constexpr whole_figure<apcu::info> apcu_figures[] = {
    {{"cachetool_apcu_entries", gauge, "Keys in APCu."}, &apcu::info::entries},
    {{"cachetool_apcu_slots", gauge, "Slots of its table."}, &apcu::info::slots},
    {{"cachetool_apcu_hits_total", counter, "Times that a key was found, since the last clear."}, &apcu::info::hits},
    {{"cachetool_apcu_misses_total", counter, "Times that it was not, since the last clear."}, &apcu::info::misses},
    {{"cachetool_apcu_inserts_total", counter, "Values that were stored, since the last clear."}, &apcu::info::inserts},
    {{"cachetool_apcu_expunges_total", counter, "Times that APCu threw entries out for room, since the last clear."},
     &apcu::info::expunges}};
constexpr metric apcu_size{"cachetool_apcu_memory_bytes", gauge, "APCu's shared memory."};
constexpr metric apcu_free{"cachetool_apcu_memory_free_bytes", gauge, "Of that memory, what is free."};

constexpr metric finding_is_there{"cachetool_finding", gauge,
                                  "Something that is not as it should be; 1 while it is so."};

constexpr metric paths_used{"cachetool_realpath_cache_used_bytes", gauge,
                            "What is used of the realpath cache, in the worker that answered."};
constexpr metric paths_size{"cachetool_realpath_cache_size_bytes", gauge, "The size of each worker's realpath cache."};

void add_flag(prometheus_text& out, metric const& what, metric_labels const& who, bool value) {
  out.add(what, who, std::int64_t{value});
}

double rate(std::int64_t hits, std::int64_t misses) {
  double const all = static_cast<double>(hits) + static_cast<double>(misses);
  return all > 0 ? static_cast<double>(hits) / all : 0;
}

// Without a status it may be off, or only not tell.
bool is_off(advice::facts const& php) {
  auto const enable = php.settings.find("opcache.enable");
  return !php.has_opcache || (enable != php.settings.end() && !advice::is_on(enable->second));
}

void add_opcache(prometheus_text& out, metric_labels const& who, advice::facts const& php) {
  auto const& status = php.status;
  if (status || is_off(php)) add_flag(out, opcache_enabled, who, status && status->enabled);
  if (!status) return;
  add_flag(out, cache_full, who, status->cache_full);
  add_flag(out, pending, who, status->restart_pending);
  if (status->memory) add_all(out, who, *status->memory, memory_figures);
  if (status->strings) add_all(out, who, *status->strings, string_figures);
  if (status->counts) {
    add_all(out, who, *status->counts, count_figures);
    out.add(hit_rate, who, rate(status->counts->hits, status->counts->misses));
  }
  php::value const& jit = status->raw["jit"];
  if (jit["buffer_size"].as_int() <= 0) return;
  out.add(jit_size, who, jit["buffer_size"].as_int());
  out.add(jit_free, who, jit["buffer_free"].as_int());
}

void add_apcu(prometheus_text& out, metric_labels const& who, advice::facts const& php) {
  if (php.apcu) add_all(out, who, *php.apcu, apcu_figures);
  if (!php.apcu_memory) return;
  out.add(apcu_size, who,
          static_cast<double>(php.apcu_memory->segments) * static_cast<double>(php.apcu_memory->segment_size));
  out.add(apcu_free, who, php.apcu_memory->available);
}

void add_paths(prometheus_text& out, metric_labels const& who, advice::facts const& php) {
  if (php.path_memory) out.add(paths_used, who, *php.path_memory);
  auto const size = php.settings.find("realpath_cache_size");
  if (size != php.settings.end()) out.add(paths_size, who, advice::bytes_of(size->second));
}

// What all pools of a master have in common is found once.
void add_findings(prometheus_text& out, metric_labels const& who, watched_pool const& of) {
  advice::subject const judged{.php = *of.caches, .host = of.host, .load = of.status};
  for (advice::finding const& each : advice::judge(judged)) {
    bool const is_of_pool = each.step == "load" || each.step == "pool";
    if (each.what.how == advice::level::ok || (of.has_caches_of_another && !is_of_pool)) continue;
    metric_labels labels = who;
    labels.push_back({"id", advice::id(each)});
    labels.push_back({"severity", std::string(name(each.what.how))});
    add_flag(out, finding_is_there, labels, true);
  }
}

}  // namespace

std::string metrics_text(std::vector<watched_pool> const& pools) {
  prometheus_text out;
  for (watched_pool const& each : pools) {
    metric_labels const who{{"endpoint", each.endpoint}, {"pool", each.pool}, {"php_version", each.php_version}};
    // Its labels are the same when it fails.
    add_flag(out, up, {{"endpoint", each.endpoint}}, each.caches.has_value());
    if (each.caches) add_flag(out, status_is_known, who, each.status.has_value());
    if (each.status) add_all(out, who, *each.status, pool_figures);
    if (!each.caches) continue;
    add_findings(out, who, each);
    add_paths(out, who, *each.caches);
    if (each.has_caches_of_another) continue;
    add_opcache(out, who, *each.caches);
    add_apcu(out, who, *each.caches);
  }
  return out.text();
}

}  // namespace cachetool::cli
