#include "cli/commands/metrics_command.hpp"

#include <algorithm>
#include <mutex>

#include "advice/figures.hpp"
#include "base/text.hpp"
#include "cli/commands/examined_php.hpp"
#include "cli/commands/metrics_view.hpp"
#include "cli/commands/replaced_file.hpp"
#include "cli/targets/targets.hpp"

namespace cachetool::cli {
namespace {

/// What the threads find, one for each address.
class sightings {
 public:
  void add(watched_pool found, std::optional<pid_t> master) {
    std::lock_guard const lock(mutex_);
    seen_.push_back({std::move(found), master});
  }

  // By address, so that two runs can be compared, and each address once. All pools of a master have the same caches:
  // one of them tells of them, if possible one for which they are on.
  std::vector<watched_pool> take() {
    std::stable_sort(seen_.begin(), seen_.end(),
                     [](sighting const& a, sighting const& b) { return name_of(a) < name_of(b); });
    auto const is_same = [](sighting const& a, sighting const& b) { return name_of(a) == name_of(b); };
    seen_.erase(std::unique(seen_.begin(), seen_.end(), is_same), seen_.end());
    std::vector<watched_pool> out;
    for (sighting& each : seen_) each.found.has_caches_of_another = teller_for(each) != &each;
    for (sighting& each : seen_) out.push_back(std::move(each.found));
    return out;
  }

 private:
  struct sighting {
    watched_pool found;
    std::optional<pid_t> master;
  };

  static std::pair<std::string_view, std::string_view> name_of(sighting const& of) {
    return {of.found.endpoint, of.found.pool};
  }

  static int worth(sighting const& of) {
    if (!of.found.caches) return 0;
    auto const& status = of.found.caches->status;
    return status && status->enabled ? 3 : status ? 2 : 1;
  }

  sighting const* teller_for(sighting const& one) const {
    sighting const* best = &one;
    for (sighting const& each : seen_) {
      bool const is_of_it = one.master && each.master == one.master;
      if (is_of_it && (worth(each) > worth(*best) || (worth(each) == worth(*best) && &each < best))) best = &each;
    }
    return best;
  }

  std::mutex mutex_;
  std::vector<sighting> seen_;
};

void take_origin(watched_pool& of, origin const& from) {
  if (!from.pool.empty()) of.pool = advice::shortened(from.pool);
  of.php_version = advice::shortened(from.php_version);
}

void read_status(adapter::adapter& php, std::optional<fpm::listener> const& host, watched_pool& into,
                 target_output& out) {
  try {
    into.status = fpm::read_pool_status(php, host, false);
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    out.warning("the status of the pool is unknown: " + failed.message());
  }
}

void watch(target const& whom, agent::observer& log, target_output& out, sightings& into) {
  watched_pool found;
  found.endpoint = whom.addresses.front().label.empty() ? whom.who : whom.addresses.front().label;
  found.pool = whom.addresses.front().pool;
  std::optional<pid_t> master;
  std::optional<error> failure;
  try {
    examined_php seen = examine_php(whom, log, false);
    take_origin(found, seen.caches.from);
    found.endpoint = seen.php->label();
    found.caches = std::move(seen.caches);
    found.host = std::move(seen.host);
    if (found.host && found.host->master.self.pid != 0) master = found.host->master.self.pid;
    read_status(*seen.php, found.host, found, out);
  } catch (error const& failed) {
    failure = failed;
  }
  into.add(std::move(found), master);
  if (failure) throw *failure;
}

// Which node_exporter may read at any moment. Throws error (usage) if the name is not one that it reads.
replaced_file textfile(std::string const& path) {
  if (!path.ends_with(".prom")) {
    throw error(error_kind::usage,
                "--textfile=" + path + " does not end with .prom, and node_exporter reads no other file")
        .advise("name it " + base::shell_word(path + ".prom"));
  }
  return {path, true,
          "name a file in a directory that you may write to: the one that node_exporter's "
          "--collector.textfile.directory names"};
}

}  // namespace

exit_code show_metrics(context& with) {
  std::optional<replaced_file> file;
  if (auto const path = with.given.text("textfile")) file.emplace(textfile(*path));
  sightings seen;
  exit_code const code = visit_each_target(
      with, std::nullopt,
      [&seen](target const& whom, agent::observer& log, target_output& out) { watch(whom, log, out, seen); });
  if (code > exit_code::interrupted_by) return code;  // some figures are missing
  std::string const text = metrics_text(seen.take());
  if (file) {
    file->write(text, 0644);
  } else {
    with.out.raw(text);
    with.out.flush();
  }
  return code;
}

}  // namespace cachetool::cli
