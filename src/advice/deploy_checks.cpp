#include <algorithm>

#include "advice/checks.hpp"
#include "advice/figures.hpp"
#include "advice/remedy.hpp"

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
  if (frequency <= soon) return verdict{level::ok, message};
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
  return verdict{level::note,
                 "the old release is served on after a link was switched, until the cache is told "
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
  std::string const figures =
      mebibytes(*of.php.path_memory) + " of " + mebibytes(limit) + " of this worker's realpath cache used";
  if (*of.php.path_memory < limit - limit / 10) return verdict{level::ok, figures};
  return verdict{level::note, figures + ": paths that do not fit are looked up again by each request",
                 set_to(of, "realpath_cache_size", std::to_string(std::max<std::int64_t>(limit >> 19, 1)) + "M")};
}

}  // namespace cachetool::advice
