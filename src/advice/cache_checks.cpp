#include <algorithm>

#include "advice/checks.hpp"
#include "advice/figures.hpp"
#include "advice/remedy.hpp"
#include "base/text.hpp"

namespace cachetool::advice {
namespace {

bool tells_of_scripts(subject const& of) {
  return of.php.status && caches_scripts(of);
}

// Memory that scripts cannot use: the buffer of strings, and the table of keys (php-src ext/opcache/zend_accel_hash.c).
std::int64_t overhead(opcache::status const& of) {
  constexpr std::int64_t per_key = 40;
  constexpr std::int64_t most_keys = 2'000'000;
  return (of.strings ? of.strings->buffer_size : 0) +
         (of.counts ? std::clamp<std::int64_t>(of.counts->max_keys, 0, most_keys) * per_key : 0);
}

// What it takes to compile everything that is cached once more: to refresh every script, or for another release like
// it.
std::int64_t for_all_anew(opcache::status const& of) {
  std::int64_t const scripts = std::max<std::int64_t>(of.memory->used - overhead(of), 0);
  return scripts + scripts / 10;  // new code brings its own strings
}

// In megabytes, like opcache.memory_consumption.
std::int64_t roomy_size(opcache::memory_usage const& memory, std::int64_t needed) {
  constexpr std::int64_t largest = std::int64_t{1} << 40;
  std::int64_t const total = memory.used + memory.free + memory.wasted;
  std::int64_t size = std::max<std::int64_t>(total, std::int64_t{8} << 20);
  while (size < largest && size - memory.used < needed * 2) size *= 2;
  return std::max<std::int64_t>(size >> 20, 8);
}

// Empty if the present size would do.
std::string more_memory(subject const& of, opcache::memory_usage const& memory, std::int64_t needed) {
  std::int64_t const wanted = roomy_size(memory, needed);
  if (wanted <= (memory.used + memory.free + memory.wasted) >> 20) return {};
  return set_to(of, "opcache.memory_consumption", std::to_string(wanted));
}

std::string either(std::string const& one, std::string const& other) {
  return one + (one.empty() || other.empty() ? "" : "; ") + other;
}

// PHP has room for a million scripts at most.
std::string more_keys(subject const& of, opcache::statistics const& counts) {
  constexpr std::int64_t most = 1'000'000;
  if (counts.max_keys >= most)
    return command(of, "opcache:prune") + " forgets what is dead; then " + command(of, "opcache:reset");
  std::int64_t const wanted = std::clamp<std::int64_t>(counts.max_keys, 200, most / 2) * 2;
  return set_to(of, "opcache.max_accelerated_files", std::to_string(wanted));
}

bool has_all_keys_used(opcache::status const& of) {
  return of.counts && of.counts->max_keys > 0 && of.counts->keys >= of.counts->max_keys;
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

std::optional<verdict> check_pending(subject const& of) {
  auto const& status = of.php.status;
  if (!status || !(status->restart_pending || status->restart_in_progress)) return std::nullopt;
  return verdict{level::warning,
                 "a restart of OPcache is pending: until the running requests have ended, every request runs uncached",
                 "look again when they have: " + command(of, "opcache:status") + " shows \"Restart pending\""};
}

std::optional<verdict> check_memory(subject const& of) {
  if (!tells_of_scripts(of) || !of.php.status->memory) return std::nullopt;
  opcache::status const& status = *of.php.status;
  opcache::memory_usage const& memory = *status.memory;
  std::int64_t const needed = for_all_anew(status);
  std::string const figures = mebibytes(memory.used) + " of " + mebibytes(memory.used + memory.free + memory.wasted) +
                              " used, " + mebibytes(memory.free) + " free, " + mebibytes(memory.wasted) + " wasted: ";
  std::string const what = "to compile everything anew takes " + mebibytes(needed);
  if (status.cache_full && !has_all_keys_used(status)) {
    return verdict{level::failure, figures + "the cache is full, and what is not in it is compiled for each request",
                   either(memory.wasted > 0 ? command(of, "opcache:reset") + " gives back what is wasted" : "",
                          more_memory(of, memory, needed))};
  }
  if (memory.free >= needed) return verdict{level::ok, figures + what + ", and fits"};
  if (memory.free + memory.wasted >= needed) {
    return verdict{level::warning, figures + what + ", and only fits when what is wasted was given back",
                   "at a quiet hour: " + command(of, "opcache:reset")};
  }
  return verdict{level::warning, figures + what + ", and does not fit", more_memory(of, memory, needed)};
}

std::optional<verdict> check_keys(subject const& of) {
  if (!tells_of_scripts(of) || !of.php.status->counts) return std::nullopt;
  opcache::statistics const& counts = *of.php.status->counts;
  std::int64_t const free = counts.max_keys - counts.keys;
  std::string const figures = std::to_string(counts.keys) + " of " + base::counted(counts.max_keys, "key") +
                              " used, by " + base::counted(counts.scripts, "script") + ": ";
  if (free > counts.scripts) return verdict{level::ok, figures + "another release fits"};
  if (has_all_keys_used(*of.php.status)) {
    return verdict{level::failure, figures + "what has none is compiled for each request", more_keys(of, counts)};
  }
  return verdict{level::warning, figures + "another release does not fit", more_keys(of, counts)};
}

std::optional<verdict> check_strings(subject const& of) {
  if (!tells_of_scripts(of) || !of.php.status->strings) return std::nullopt;
  opcache::interned_strings const& strings = *of.php.status->strings;
  if (strings.buffer_size <= 0) return std::nullopt;
  std::string const figures =
      mebibytes(strings.used) + " of the " + mebibytes(strings.buffer_size) + " for strings used";
  if (strings.free > strings.buffer_size / 20) return verdict{level::ok, figures};
  std::int64_t const now = std::clamp<std::int64_t>(strings.buffer_size >> 20, 4, 4096);
  return verdict{level::note, figures + ": from now on each script brings its own copy of them",
                 set_to(of, "opcache.interned_strings_buffer", std::to_string(now * 2))};
}

std::optional<verdict> check_restarts(subject const& of) {
  if (!tells_of_scripts(of) || !of.php.status->counts || !of.php.status->memory) return std::nullopt;
  opcache::statistics const& counts = *of.php.status->counts;
  std::string const resets = base::counted(counts.manual_restarts, "reset") + " since php-fpm was started";
  if (counts.oom_restarts > 0) {
    return verdict{level::warning,
                   "OPcache ran out of memory " + base::counted(counts.oom_restarts, "time") +
                       ", and emptied itself while requests were waiting; " + resets,
                   more_memory(of, *of.php.status->memory, for_all_anew(*of.php.status))};
  }
  if (counts.hash_restarts > 0) {
    return verdict{level::warning,
                   "OPcache ran out of keys " + base::counted(counts.hash_restarts, "time") +
                       ", and emptied itself while requests were waiting; " + resets,
                   more_keys(of, counts)};
  }
  return verdict{level::ok, "it never ran out of memory or keys; " + resets};
}

std::optional<verdict> check_file_cache(subject const& of) {
  if (!caches_scripts(of)) return std::nullopt;
  std::string const directory = shortened(setting(of, "opcache.file_cache").value_or(""));
  if (directory.empty()) return std::nullopt;
  if (!is_unset(of, "opcache.validate_timestamps")) {
    return verdict{level::ok, "a second cache is in " + directory + ", and PHP looks whether its files are up to date"};
  }
  if (is_set(of, "opcache.file_cache_read_only")) {
    return verdict{level::warning,
                   "a second cache is in " + directory +
                       ", in which PHP may change nothing (opcache.file_cache_read_only=1): with "
                       "opcache.validate_timestamps=0 changed scripts come back from there after each reset",
                   "build that directory anew with each release; or " + set_to(of, "opcache.validate_timestamps", "1")};
  }
  return verdict{level::warning,
                 "a second cache is in " + directory +
                     ": a reset does not empty it, and with opcache.validate_timestamps=0 changed scripts are still "
                     "served from there",
                 command(of, "opcache:reset:file-cache --force") + " && " + command(of, "opcache:reset") +
                     "; opcache:refresh needs neither"};
}

std::optional<verdict> check_preload(subject const& of) {
  if (of.php.preloaded == 0) return std::nullopt;
  pid_t const master = of.host ? of.host->master.self.pid : 0;
  return verdict{level::note,
                 "what opcache.preload loaded (" + base::counted(of.php.preloaded, "script") +
                     ") stays as it is until php-fpm is reloaded, whatever is reset or refreshed",
                 "after a deployment that changes it, reload php-fpm" +
                     (master == 0 ? std::string() : ": kill -USR2 " + std::to_string(master))};
}

}  // namespace cachetool::advice
