#include <algorithm>

#include "advice/checks.hpp"
#include "advice/figures.hpp"
#include "advice/remedy.hpp"
#include "advice/room.hpp"
#include "base/text.hpp"

namespace cachetool::advice {
namespace {

std::string in_place(subject const& of) {
  return "after changes in place: " + command(of, "opcache:refresh PATH");
}

std::string behind_a_link(subject const& of) {
  return "releases behind a link: " + command(of, "deploy:switch CURRENT RELEASE") +
         ", or deploy:finish CURRENT once it was switched";
}

std::string seconds(std::int64_t number) {
  return std::to_string(number) + " s";
}

}  // namespace

// A full cache is a finding of its own.
std::optional<verdict> check_room(subject const& of) {
  if (!tells_of_scripts(of) || !of.php.status->memory || !of.php.status->counts) return std::nullopt;
  opcache::memory_usage const& memory = *of.php.status->memory;
  opcache::statistics const& counts = *of.php.status->counts;
  if (of.php.status->cache_full || has_all_keys_used(*of.php.status)) return std::nullopt;
  std::int64_t const needed = for_all_anew(*of.php.status);
  bool const keys_suffice = counts.max_keys - counts.keys > counts.scripts;
  std::string const what = "to compile everything anew, or another release as large, takes " + mebibytes(needed) +
                           " and " + counted(counts.scripts, "key");
  if (memory.free >= needed && keys_suffice) return verdict{level::ok, what + ", and fits"};
  if (memory.free + memory.wasted >= needed && keys_suffice) {
    return verdict{level::warning,
                   what + ", and only fits when the " + mebibytes(memory.wasted) + " wasted are given back",
                   "at a quiet hour: " + command(of, "opcache:reset")};
  }
  return verdict{level::warning,
                 what + ", and does not fit: " + mebibytes(memory.free) + " and " +
                     counted(std::max<std::int64_t>(counts.max_keys - counts.keys, 0), "key") + " are free",
                 either(memory.free >= needed ? "" : more_memory(of, needed), keys_suffice ? "" : more_keys(of))};
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

std::optional<verdict> check_timestamps(subject const& of) {
  auto const validates = setting(of, "opcache.validate_timestamps");
  if (!caches_scripts(of) || !validates) return std::nullopt;
  if (!is_on(*validates)) {
    return verdict{level::note, "PHP never notices that a file has changed (opcache.validate_timestamps=0)",
                   in_place(of)};
  }
  constexpr std::int64_t soon = 60;
  std::int64_t const frequency = number(of, "opcache.revalidate_freq").value_or(0);
  std::string const message = "PHP notices within " + seconds(frequency) +
                              " that a file has changed in place (opcache.validate_timestamps=1, "
                              "opcache.revalidate_freq=" +
                              std::to_string(frequency) + ")";
  if (frequency == 0) {
    return verdict{level::note,
                   "PHP looks at the time of each file for each request (opcache.validate_timestamps=1, "
                   "opcache.revalidate_freq=0)",
                   set_to(of, "opcache.revalidate_freq", "2")};
  }
  if (frequency <= soon) {
    return verdict{level::ok, message,
                   "where each deployment ends with deploy:finish or opcache:refresh, PHP need not look: " +
                       set_to(of, "opcache.validate_timestamps", "0")};
  }
  return verdict{level::note, message, "at once, " + in_place(of)};
}

std::optional<verdict> check_links(subject const& of) {
  auto const revalidates = setting(of, "opcache.revalidate_path");
  if (!caches_scripts(of) || !revalidates) return std::nullopt;
  std::string const ttl = setting(of, "realpath_cache_ttl").value_or("120");
  if (is_on(*revalidates)) {
    return verdict{level::note,
                   "a link that was switched is noticed by each worker within " + seconds(seconds_of(ttl)) +
                       " (opcache.revalidate_path=1, realpath_cache_ttl=" + shortened(ttl) + ")",
                   behind_a_link(of)};
  }
  return verdict{
      level::note,
      "after a link was switched php-fpm goes on serving the old release, until the cache is brought up to date "
      "(opcache.revalidate_path=0, realpath_cache_ttl=" +
          shortened(ttl) + ")",
      behind_a_link(of)};
}

std::optional<verdict> check_cwd(subject const& of) {
  if (!caches_scripts(of) || !is_unset(of, "opcache.use_cwd")) return std::nullopt;
  return verdict{level::warning,
                 "opcache.use_cwd=0: a relative include of one release or site may get the file of another",
                 set_to(of, "opcache.use_cwd", "1")};
}

std::optional<verdict> check_new_files(subject const& of) {
  auto const protection = number(of, "opcache.file_update_protection");
  if (!caches_scripts(of) || !protection) return std::nullopt;
  std::string const figure = " (opcache.file_update_protection=" + std::to_string(*protection) + ")";
  if (*protection > 0) {
    return verdict{level::ok, "files younger than " + seconds(*protection) + " are not cached by requests" + figure +
                                  "; deploy:warm and opcache:refresh do so all the same"};
  }
  if (is_unset(of, "opcache.validate_timestamps") && private_place(of.agent_path)) {
    return verdict{level::note, "each call of this program leaves an entry in OPcache, about 4 KB" + figure,
                   "run it as root, or use an agent that is installed: cachetool agent:install, then --agent=PATH"};
  }
  return verdict{level::ok, "files are cached however young they are" + figure +
                                ": put them in place by renaming, never half written"};
}

std::optional<verdict> check_forced_restart(subject const& of) {
  auto const limit = number(of, "opcache.force_restart_timeout");
  if (!caches_scripts(of) || !limit) return std::nullopt;
  constexpr std::int64_t short_time = 30;
  if (*limit == 0) {
    return verdict{level::note,
                   "a reset waits until the last running request has ended, however long it takes, and everything runs "
                   "uncached meanwhile (opcache.force_restart_timeout=0)",
                   "deploy:switch and opcache:refresh need no reset"};
  }
  std::string const message =
      "after a reset PHP kills requests that still run after " + seconds(*limit) + " (opcache.force_restart_timeout)";
  if (*limit >= short_time) return verdict{level::ok, message};
  return verdict{level::warning, message, set_to(of, "opcache.force_restart_timeout", "180")};
}

std::optional<verdict> check_paths(subject const& of) {
  std::int64_t const limit = bytes_of(setting(of, "realpath_cache_size").value_or(""));
  if (!of.php.path_memory || limit == 0) return std::nullopt;
  if (!setting(of, "open_basedir").value_or("").empty()) {
    return verdict{level::ok, "workers have no realpath cache, because open_basedir is set"};
  }
  if (setting(of, "realpath_cache_ttl") == "0") {
    return verdict{level::note,
                   "workers remember no path (realpath_cache_ttl=0): each include looks up its directories",
                   set_to(of, "realpath_cache_ttl", "120")};
  }
  std::string const figures =
      mebibytes(*of.php.path_memory) + " of " + mebibytes(limit) + " of this worker's realpath cache used";
  if (*of.php.path_memory < limit - limit / 10) return verdict{level::ok, figures};
  return verdict{level::note, figures + ": paths that do not fit are looked up again by each request",
                 set_to(of, "realpath_cache_size", std::to_string(std::max<std::int64_t>(limit >> 19, 1)) + "M")};
}

}  // namespace cachetool::advice
