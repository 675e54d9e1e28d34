#include "cli/commands/opcache_report_command.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <mutex>

#include "advice/checks.hpp"
#include "caches/opcache.hpp"
#include "caches/rows.hpp"
#include "cli/commands/check_memory.hpp"
#include "cli/commands/examined_php.hpp"
#include "cli/commands/opcache_report_view.hpp"
#include "cli/commands/replaced_file.hpp"
#include "cli/settings/paths.hpp"
#include "cli/targets/targets.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

/// What the threads read, one for each address.
class read_masters {
 public:
  void add(reported_master one) {
    std::lock_guard const lock(mutex_);
    all_.push_back(std::move(one));
  }

  // By address, so that two pages can be compared, and each master once.
  std::vector<reported_master> take() {
    std::stable_sort(all_.begin(), all_.end(), [](auto const& a, auto const& b) { return a.label < b.label; });
    std::vector<reported_master> out;
    for (reported_master& each : all_) {
      bool const is_known = std::any_of(out.begin(), out.end(), [&](auto const& one) { return is_same(one, each); });
      if (!is_known) out.push_back(std::move(each));
    }
    return out;
  }

 private:
  static pid_t pid_of(reported_master const& one) { return one.host ? one.host->master.self.pid : 0; }

  static bool is_same(reported_master const& one, reported_master const& other) {
    return one.label == other.label || (pid_of(one) != 0 && pid_of(one) == pid_of(other));
  }

  std::mutex mutex_;
  std::vector<reported_master> all_;
};

// PHP has no longer paths (main/php.h, MAXPATHLEN): one that is longer is not PHP's, and the map would be as deep.
constexpr std::size_t longest_path = 4096;

void read_cache(adapter::adapter& php, reported_master& into) {
  caches::row_counter kept;
  into.time = std::time(nullptr);
  into.status = opcache::read_scripts(php, {}, [&](opcache::script const& each) {
    if (each.path.size() > longest_path) return;
    kept.count(each.path);
    std::int64_t const age = std::max<std::int64_t>(into.time - each.last_used, 0);
    into.scripts.push_back({std::string(each.path), each.memory, each.hits, age});
  });
  report::sort_by_directory(into.scripts);
}

// The page goes without what is disabled there.
void read_settings(adapter::adapter& php, reported_master& into) {
  try {
    into.configuration = opcache::read_configuration(php);
  } catch (error const& failed) {
    if (failed.kind() != error_kind::disabled) throw;
    into.settings_unknown = failed.message();
  }
}

void read_workers(adapter::adapter& php, reported_master& into) {
  try {
    into.workers = fpm::read_pool_status(php, into.host, true);
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    into.workers_unknown = failed.message();
  }
}

std::vector<advice::finding> judged(examined_php& of, target const& whom, reported_master const& seen) {
  advice::subject all;
  all.php = std::move(of.caches);
  all.host = seen.host;
  all.load = seen.workers;
  all.options = options_for(whom, false);
  return advice::judge(all);
}

reported_master read_all(examined_php& of, target const& whom) {
  reported_master out;
  out.label = of.php->label();
  out.host = of.host;
  read_cache(*of.php, out);
  read_settings(*of.php, out);
  read_workers(*of.php, out);
  out.findings = judged(of, whom, out);
  return out;
}

void read_one(target const& whom, agent::observer& log, read_masters& into) {
  if (whom.unreachable) throw *whom.unreachable;
  examined_php of = examine_php(whom, log, true);
  try {
    into.add(read_all(of, whom));
  } catch (error const& failed) {
    throw of.php->examined(failed);
  }
}

// As a shell would make the file.
mode_t usual_mode() {
  mode_t const masked = umask(0);
  umask(masked);
  return 0666 & ~masked;
}

void write(context& with, replaced_file const& file, std::string const& path, std::string const& page) {
  file.write(page, usual_mode());
  std::error_code unknown;
  if (std::filesystem::file_size(path, unknown) != page.size()) {
    throw error(error_kind::refused, "somebody else has changed the file " + path + " meanwhile");
  }
  with.out.line("The report is in " + path + " (" + report::bytes(static_cast<double>(page.size())) +
                "): open it in a browser");
}

void print(context& with, std::string const& page) {
  with.out.raw(page);
  with.out.flush();
}

}  // namespace

exit_code opcache_report(context& with) {
  bool const has_file = !with.line.arguments.empty();
  if (!has_file && isatty(STDOUT_FILENO) == 1) {
    throw error(error_kind::usage, "the report is a web page, and a terminal shows none")
        .advise("name a file: cachetool opcache:report report.html");
  }
  std::string const path = has_file ? absolute_name(with.line.arguments.front()) : "";
  std::optional<replaced_file> file;
  if (has_file) file.emplace(path, false, "name a file in a directory that you may write to");
  read_masters masters;
  exit_code const code = visit_each_target(
      with, std::nullopt,
      [&masters](target const& whom, agent::observer& log, target_output&) { read_one(whom, log, masters); });
  auto found = masters.take();
  if (found.empty() || code > exit_code::interrupted_by) return code;  // what was not read makes no page
  for (reported_master& each : found) each.history = seen_by_checks(with, each.label);
  std::string const page = report_page(found);
  file ? write(with, *file, path, page) : print(with, page);
  return code;
}

}  // namespace cachetool::cli
