#include <algorithm>

#include "advice/checks.hpp"
#include "advice/figures.hpp"
#include "advice/remedy.hpp"
#include "advice/room.hpp"
#include "base/text.hpp"
#include "caches/figures.hpp"

namespace cachetool::advice {
namespace {

// "since php-fpm was started", or how much of a counter is meant.
std::string_view when(subject const& of) {
  return of.since ? " since the last look" : " since php-fpm was started";
}

std::string used_of(opcache::memory_usage const& memory) {
  return mebibytes(memory.used) + " of " + mebibytes(total(memory)) + " used, " + mebibytes(memory.free) + " free, " +
         mebibytes(memory.wasted) + " wasted";
}

// What OPcache did for visitors, while a cache that is full made it useless.
std::string with_hit_rate(opcache::status const& of) {
  if (!of.counts || of.counts->hits + of.counts->misses <= 0) return {};
  return ", with a hit rate of " + percent(share(of.counts->hits, of.counts->hits + of.counts->misses));
}

std::string ran_out(subject const& of, std::string_view what, std::int64_t times) {
  return "OPcache ran out of " + std::string(what) + " " + counted(times, "time") + std::string(when(of)) +
         ", and emptied itself while requests were waiting";
}

bool asks_for_jit(subject const& of) {
  std::string const jit = setting(of, "opcache.jit").value_or("");
  bool const is_off = jit == "disable" || jit == "off" || jit == "no" || jit == "false" || jit == "0" || jit.empty();
  return !is_off && line_of(of, "opcache.jit").has_value();  // PHP 8.3 has a value for it that nobody asked for
}

verdict off(subject const& of, std::string const& where) {
  auto const line = line_of(of, "opcache.enable");
  return {level::failure, "OPcache is off" + where + (line ? " (opcache.enable: " + text(*line) + ")" : ""),
          set_to(of, "opcache.enable", "1")};
}

}  // namespace

std::optional<verdict> check_opcache(subject const& of) {
  if (!of.php.has_opcache) {
    return verdict{level::failure, "the PHP extension Zend OPcache is not loaded",
                   "install it, enable it in the php.ini that this PHP reads, and restart php-fpm"};
  }
  if (of.php.missing.contains("opcache_get_status") || of.php.restricted) return std::nullopt;
  auto const& status = of.php.status;
  if (!status) return off(of, "");
  if (status->file_cache_only) {
    return verdict{
        level::failure,
        "OPcache is a file cache only, " + shortened(status->file_cache) +
            ": there is nothing in memory to reset or refresh (opcache.file_cache_only=1)",
        command(of, "opcache:reset:file-cache") + " empties it; or " + set_to(of, "opcache.file_cache_only", "0")};
  }
  if (status->restart_pending) return std::nullopt;
  if (!status->enabled) return off(of, " in this pool");
  std::int64_t const scripts = status->counts ? status->counts->scripts : 0;
  return verdict{level::ok, "OPcache is on, and has " + base::counted(scripts, "script")};
}

// A monitor sees for how long; who looks once can only say that it is so.
std::optional<verdict> check_pending(subject const& of) {
  constexpr std::int64_t long_time = 60;
  constexpr std::int64_t stuck = 600;
  auto const& status = of.php.status;
  if (!status || !(status->restart_pending || status->restart_in_progress)) return std::nullopt;
  std::int64_t const lasts = of.since ? of.since->pending : long_time;
  std::string const how_long = of.since && lasts > 0 ? " for " + std::to_string(lasts) + " s already" : "";
  return verdict{lasts >= stuck       ? level::failure
                 : lasts >= long_time ? level::warning
                                      : level::note,
                 "a restart of OPcache is pending" + how_long +
                     ": until the running requests have ended, every request runs uncached",
                 "look again when they have: " + command(of, "opcache:status") + " shows \"Restart pending\""};
}

std::optional<verdict> check_memory(subject const& of) {
  if (!tells_of_scripts(of) || !of.php.status->memory) return std::nullopt;
  constexpr double nearly_full = 95;
  opcache::status const& status = *of.php.status;
  opcache::memory_usage const& memory = *status.memory;
  std::string const more = either(memory.wasted > 0 ? command(of, "opcache:reset") + " gives back what is wasted" : "",
                                  more_memory(of, for_all_anew(status)));
  if (status.cache_full && !has_all_keys_used(status)) {
    return verdict{level::failure,
                   used_of(memory) + ": the cache is full" + with_hit_rate(status) +
                       ", and what is not in it is compiled for each request",
                   more};
  }
  if (share(memory.used + memory.wasted, total(memory)) < nearly_full) return verdict{level::ok, used_of(memory)};
  return verdict{level::warning, used_of(memory) + ": the cache will soon be full", more};
}

std::optional<verdict> check_keys(subject const& of) {
  if (!tells_of_scripts(of) || !of.php.status->counts || of.php.status->counts->max_keys <= 0) return std::nullopt;
  constexpr double nearly_all = 90;
  opcache::statistics const& counts = *of.php.status->counts;
  std::string const figures = std::to_string(counts.keys) + " of " + counted(counts.max_keys, "key") + " used, by " +
                              counted(counts.scripts, "script");
  if (has_all_keys_used(*of.php.status)) {
    return verdict{level::failure,
                   figures + with_hit_rate(*of.php.status) +
                       ": what has no key is compiled for each request, whatever memory is free",
                   more_keys(of)};
  }
  if (share(counts.keys, counts.max_keys) < nearly_all) return verdict{level::ok, figures};
  return verdict{level::warning, figures + ": the keys will soon be used up", more_keys(of)};
}

std::optional<verdict> check_strings(subject const& of) {
  if (!tells_of_scripts(of) || !of.php.status->strings) return std::nullopt;
  opcache::interned_strings const& strings = *of.php.status->strings;
  if (strings.buffer_size <= 0) return std::nullopt;
  std::string const figures =
      mebibytes(strings.used) + " of the " + mebibytes(strings.buffer_size) + " for strings used";
  if (strings.free > strings.buffer_size / 20) return verdict{level::ok, figures};
  // The table of the strings takes a part of the buffer that was set, and PHP does not count it.
  std::int64_t const set =
      std::max(number(of, "opcache.interned_strings_buffer").value_or(0), strings.buffer_size >> 20);
  return verdict{
      level::note, figures + ": from now on each script brings its own copy of them",
      set_to(of, "opcache.interned_strings_buffer", std::to_string(std::clamp<std::int64_t>(set, 4, 4096) * 2))};
}

std::optional<verdict> check_wasted(subject const& of) {
  constexpr double much = 20;
  constexpr double half = 50;
  if (!tells_of_scripts(of) || !of.php.status->memory) return std::nullopt;
  opcache::memory_usage const& memory = *of.php.status->memory;
  double const wasted = share(memory.wasted, total(memory));
  if (wasted < much) return std::nullopt;
  return verdict{wasted < half ? level::note : level::warning,
                 percent(wasted) + " of the memory is wasted: only a reset gives it back",
                 "at a quiet hour: " + command(of, "opcache:reset")};
}

std::optional<verdict> check_max_wasted(subject const& of) {
  auto const limit = number(of, "opcache.max_wasted_percentage");
  if (!tells_of_scripts(of) || !of.php.status->memory || !of.php.status->cache_full || !limit) return std::nullopt;
  double const wasted = share(of.php.status->memory->wasted, total(*of.php.status->memory));
  if (wasted >= static_cast<double>(*limit)) return std::nullopt;
  return verdict{level::note, "the full cache stays full: OPcache empties itself only when " + std::to_string(*limit) +
                                  " % are wasted (opcache.max_wasted_percentage), and " + percent(wasted) + " are"};
}

std::optional<verdict> check_restarts(subject const& of) {
  if (!tells_of_scripts(of) || !of.php.status->counts || !of.php.status->memory) return std::nullopt;
  opcache::statistics const& counts = *of.php.status->counts;
  std::int64_t const oom = of.since ? of.since->oom_restarts : counts.oom_restarts;
  std::int64_t const hash = of.since ? of.since->hash_restarts : counts.hash_restarts;
  if (oom > 0) {
    return verdict{level::warning, ran_out(of, "memory", oom), more_memory(of, for_all_anew(*of.php.status))};
  }
  if (hash > 0) return verdict{level::warning, ran_out(of, "keys", hash), more_keys(of)};
  std::int64_t const resets = of.since ? of.since->manual_restarts : counts.manual_restarts;
  return verdict{level::ok,
                 "it never ran out of memory or keys, and had " + counted(resets, "reset") + std::string(when(of))};
}

// A look itself is a miss. So a cache that only monitors use has hardly any hits, and nothing is wrong with it.
std::optional<verdict> check_hit_rate(subject const& of) {
  constexpr std::int64_t enough = 1000;
  constexpr double low = 80;
  if (!tells_of_scripts(of) || !of.php.status->counts) return std::nullopt;
  opcache::statistics const& counts = *of.php.status->counts;
  std::int64_t const hits = of.since ? of.since->hits : counts.hits;
  std::int64_t const all = hits + (of.since ? of.since->misses : counts.misses);
  if (hits < enough || share(hits, all) >= low) return std::nullopt;
  if (of.php.status->cache_full || has_all_keys_used(*of.php.status)) return std::nullopt;  // that is why
  return verdict{of.since ? level::warning : level::note,
                 "only " + percent(share(hits, all)) + " of " + std::to_string(all) + " scripts were in the cache" +
                     std::string(of.since ? when(of) : " since its last restart") +
                     ": files that change all the time, or that are younger than opcache.file_update_protection, are "
                     "compiled for each request",
                 command(of, "opcache:status:scripts --sort=last-used --limit=20") + " shows what is cached"};
}

std::optional<verdict> check_jit(subject const& of) {
  constexpr double nearly_full = 95;
  if (!tells_of_scripts(of)) return std::nullopt;
  php::value const& jit = of.php.status->raw["jit"];
  std::int64_t const size = caches::count_in(jit["buffer_size"]);
  auto const set = setting(of, "opcache.jit_buffer_size");
  if (size <= 0 && set && bytes_of(*set) == 0 && asks_for_jit(of)) {
    return verdict{level::note, "the JIT compiler is asked for (opcache.jit), and does nothing without a buffer",
                   set_to(of, "opcache.jit_buffer_size", "64M")};
  }
  if (size <= 0 || !jit["on"].as_bool() || share(size - caches::count_in(jit["buffer_free"]), size) < nearly_full) {
    return std::nullopt;
  }
  return verdict{level::warning,
                 "the JIT compiler's " + mebibytes(size) + " are used: what is new is not made machine code",
                 set_to(of, "opcache.jit_buffer_size", std::to_string(std::max<std::int64_t>(size >> 19, 2)) + "M")};
}

std::optional<verdict> check_old_release(subject const& of) {
  if (!of.php.switched_link || !caches_scripts(of)) return std::nullopt;
  return verdict{level::warning,
                 "a link was switched, and the worker that answered still remembers where it led: it may serve the "
                 "earlier release",
                 command(of, "deploy:finish") + " ends that; " + command(of, "doctor") + " says which link"};
}

}  // namespace cachetool::advice
