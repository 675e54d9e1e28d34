#include "cli/commands/check_commands.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>

#include "advice/finding.hpp"
#include "advice/remedy.hpp"
#include "base/text.hpp"
#include "caches/pool_status.hpp"
#include "cli/commands/check_memory.hpp"
#include "cli/commands/examined_php.hpp"
#include "cli/output/unforeseen.hpp"
#include "cli/settings/paths.hpp"
#include "cli/targets/targets.hpp"
#include "doctor/walk.hpp"
#include "fpm/steady_workers.hpp"
#include "monitor/measures.hpp"
#include "monitor/plugin_output.hpp"
#include "monitor/state_file.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

using monitor::state;
using monitor::target_result;

// --- thresholds

std::string names_of(std::span<monitor::measure const> measures) {
  std::string text;
  for (monitor::measure const& each : measures) text += (text.empty() ? "" : ", ") + std::string(each.name);
  return text;
}

void read_thresholds(options const& given, std::string const& option, std::span<monitor::measure const> measures,
                     std::map<std::string, monitor::range, std::less<>>& into) {
  for (auto const& each : given.all(option)) {
    std::string const text = each.value_or("");
    std::string const name = text.substr(0, text.find('='));
    auto const is_it = [&name](monitor::measure const& one) { return one.name == name; };
    if (std::none_of(measures.begin(), measures.end(), is_it)) {
      throw error(error_kind::usage, "--" + option + "=" + text + ": there is no figure " + name)
          .advise("write --" + option + "=NAME=RANGE with one of these names: " + names_of(measures));
    }
    auto limit = monitor::range::read(text.size() > name.size() ? std::string_view(text).substr(name.size() + 1) : "");
    if (!limit) {
      throw error(error_kind::usage, "--" + option + "=" + text + " has no range that can be read")
          .advise("a range is 10, 10:, ~:10, 10:20 or @10:20, the smaller number first");
    }
    into.insert_or_assign(name, std::move(*limit));
  }
}

monitor::thresholds thresholds_of(options const& given, std::span<monitor::measure const> measures) {
  monitor::thresholds out;
  read_thresholds(given, "warning", measures, out.warning);
  read_thresholds(given, "critical", measures, out.critical);
  return out;
}

// --- what is remembered

// The directories above it are made as a user's programs make them.
std::string made_directory(context const& with) {
  bool const is_usual = !with.given.text("state-dir") && geteuid() != 0 && with.env.home.starts_with('/');
  if (is_usual && !with.env.state_home.starts_with('/')) {
    mkdir((with.env.home + "/.local").c_str(), 0700);
    mkdir((with.env.home + "/.local/state").c_str(), 0700);
  }
  return state_directory_of(with);
}

/// What checks know of the php-fpm that they saw before.
class memory {
 public:
  memory(context const& with, std::string service)
      : directory_(made_directory(with)), service_(std::move(service)), is_named_(with.given.given("state-dir")) {}

  // Adds this look, and what grew since the last one. If that cannot be remembered, the result is why.
  std::optional<error> update(std::string const& endpoint, monitor::sight& seen) const {
    try {
      if (directory_.empty()) throw error(error_kind::refused, "HOME is not set");
      monitor::state_directory const files(directory_);
      std::string const name = state_file_name(service_, endpoint);
      add_to(monitor::read_record(files.read(name)), endpoint, seen);
      files.write(name, monitor::text_of(seen.remembered));
      return std::nullopt;
    } catch (error const& failed) {
      return failed.in_words("nothing is remembered between checks: " + failed.message(), failed.hint());
    }
  }

  // Whoever names a directory counts on it.
  void tell(std::optional<error> const& why_not, target_result& to) const {
    if (!why_not) return;
    if (is_named_) {
      to.alerts.push_back({state::unknown, why_not->message(), why_not->hint()});
    } else {
      to.remarks.push_back(why_not->message());
    }
  }

 private:
  static void add_to(std::optional<monitor::record> known, std::string const& endpoint, monitor::sight& seen) {
    bool const is_its = known && known->endpoint == endpoint;
    if (is_its) seen.remembered = std::move(*known);
    seen.remembered.endpoint = endpoint;
    monitor::look const now = monitor::look_at(seen.of, seen.remembered.last);
    if (is_its) seen.of.since = monitor::growth_between(seen.remembered.last, now);
    monitor::add(seen.remembered, now, seen.of.since);
  }

  std::string directory_;
  std::string service_;
  bool is_named_;
};

// --- one target

state state_for(error const& failed, target const& whom) {
  if (whom.guessed) return state::unknown;  // nobody said that one should be there
  if (failed.kind() == error_kind::worker_died) return state::critical;
  exit_code const code = exit_code_for(failed.kind());
  return code == exit_code::unreachable || code == exit_code::timed_out ? state::critical : state::unknown;
}

bool tells_of_cache(advice::facts const& php) {
  return php.status.has_value() || !(php.restricted || php.missing.contains("opcache_get_status"));
}

target_result nobody_tells(std::string message, std::string hint) {
  target_result out;
  out.alerts.push_back({state::unknown, std::move(message), std::move(hint)});
  return out;
}

// What doctor --site finds.
void look_for_old_code(std::string const& site, target const& whom, advice::subject const& of, agent::observer& log,
                       target_result& into) {
  doctor::way_to_try const how{.where = whom.where,
                               .open = whom.open,
                               .open_pool = whom.open_pool,
                               .blocked = {},
                               .who = whom.who,
                               .options = of.options,
                               .site = site,
                               .interrupt_fd = whom.interrupt_fd};
  for (advice::finding const& each : doctor::find_old_code(how, of, log)) {
    if (each.what.how < advice::level::warning) continue;
    into.alerts.push_back({state::warning, each.what.message, each.what.hint});
  }
}

/// Finds out about one target.
using target_check = std::function<target_result(target const& whom, agent::observer& log, bool several)>;

target_result check_cache(context const& with, memory const& remembers, monitor::thresholds const& limits,
                          target const& whom, agent::observer& log, bool several) {
  examined_php const seen = examine_php(whom, log, true);
  monitor::sight sight{{.php = seen.caches, .host = seen.host, .options = options_for(whom, several)}, {}};
  if (!tells_of_cache(seen.caches)) {
    return nobody_tells("php-fpm may not tell what is in OPcache (opcache.restrict_api or disable_functions)",
                        advice::command(sight.of, "doctor") + " says what to do");
  }
  auto const forgotten = remembers.update(seen.php->label(), sight);
  target_result out = monitor::check(sight, "cache", monitor::opcache_measures(), limits);
  if (auto const site = with.given.text("site")) look_for_old_code(absolute_name(*site), whom, sight.of, log, out);
  remembers.tell(forgotten, out);
  return out;
}

target_result left_alone(error const& why) {
  target_result out;
  out.summary = "not asked: " + why.message();
  return out;
}

// A pool that was found, and must not be asked for its status, is so as long as its configuration is.
target_result check_pool(memory const& remembers, monitor::thresholds const& limits, target const& whom,
                         agent::observer& log, bool several) {
  examined_php const seen = examine_php(whom, log, true);
  auto const why_not = fpm::why_not_steady(seen.host);
  if (whom.found && why_not) return left_alone(*why_not);
  monitor::sight sight{{.php = seen.caches, .host = seen.host, .options = options_for(whom, several)}, {}};
  sight.of.load = fpm::read_pool_status(*seen.php, seen.host, false);
  auto const forgotten = remembers.update(seen.php->label(), sight);
  target_result out = monitor::check(sight, "load", monitor::pool_measures(), limits);
  remembers.tell(forgotten, out);
  return out;
}

// --- all of them

/// What the threads find.
class results {
 public:
  void add(target_result one) {
    std::lock_guard const lock(mutex_);
    all_.push_back(std::move(one));
  }

  // By address, so that two runs can be compared.
  std::vector<target_result> take() {
    std::stable_sort(all_.begin(), all_.end(), [](auto const& a, auto const& b) { return a.label < b.label; });
    return std::move(all_);
  }

 private:
  std::mutex mutex_;
  std::vector<target_result> all_;
};

// Nothing is OK of which nothing was seen, or not all.
void doubt(std::vector<target_result>& all, exit_code looks) {
  bool const has_seen = std::any_of(
      all.begin(), all.end(), [](target_result const& each) { return !each.figures.empty() || !each.alerts.empty(); });
  for (target_result& each : all) {
    if (!has_seen) each.alerts.push_back({state::unknown, each.summary, ""});
  }
  bool const is_ok = all.empty() || worst(all) == state::ok;
  if (looks == exit_code::done || !is_ok) return;
  all.push_back(nobody_tells("not every php-fpm was looked at", "standard error says why"));
  all.back().label = "others";
}

target_result failed_check(error const& failed, target const& whom) {
  target_result out;
  out.alerts.push_back({state_for(failed, whom), failed.message(), failed.hint()});
  return out;
}

// The time of the whole command is over. After a signal nobody reads this.
error no_answer(context const& with) {
  auto const deadline = with.given.seconds("deadline").value_or(std::chrono::milliseconds{0});
  return {error_kind::timeout, "no answer within " + base::duration_text(deadline) + " (--deadline)"};
}

target_result try_check(target const& whom, agent::observer& log, bool several, target_check const& look) {
  try {
    return look(whom, log, several);
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    return failed_check(failed, whom);
  } catch (std::exception const& failed) {
    return failed_check(unforeseen(failed), whom);
  }
}

std::string label_of_target(target const& whom) {
  target::address const& first = whom.addresses.front();
  return first.label.empty() ? whom.who : first.label;
}

exit_code check_each(context& with, std::string_view service, target_check const& look) {
  results found;
  auto const add = [&found](target const& whom, target_result one) {
    one.label = label_of_target(whom);
    found.add(std::move(one));
  };
  auto const visit = [&](target const& whom, agent::observer& log, target_output& out) {
    try {
      add(whom, try_check(whom, log, out.is_one_of_several(), look));
    } catch (error const&) {  // interrupted
      add(whom, failed_check(no_answer(with), whom));
      throw;
    }
  };
  exit_code const code = visit_each_target(with, std::nullopt, visit);
  if (code > exit_code::interrupted_by) return code;
  auto all = found.take();
  doubt(all, code);
  state const how = worst(all);
  bool const is_silent = how == state::ok && with.given.flag("only-problems") > 0;
  if (!is_silent) with.out.write(report::escape_controls(monitor::plugin_text(service, all), "\n"));
  with.out.flush();
  return static_cast<exit_code>(how);
}

// The first word that is a command's name; null if there is none.
command_spec const* command_in(std::vector<std::string> const& words) {
  for (std::string const& each : words) {
    try {
      if (!each.starts_with('-')) return &find_command(each);
    } catch (error const&) {  // an option's value, perhaps
    }
  }
  return nullptr;
}

}  // namespace

exit_code opcache_check(context& with) {
  auto const limits = thresholds_of(with.given, monitor::opcache_measures());
  memory const remembers(with, "opcache");
  return check_each(with, "OPCACHE", [&](target const& whom, agent::observer& log, bool several) {
    return check_cache(with, remembers, limits, whom, log, several);
  });
}

exit_code fpm_check(context& with) {
  auto const limits = thresholds_of(with.given, monitor::pool_measures());
  memory const remembers(with, "fpm");
  return check_each(with, "FPM", [&](target const& whom, agent::observer& log, bool several) {
    return check_pool(remembers, limits, whom, log, several);
  });
}

bool names_a_check(std::vector<std::string> const& words) {
  command_spec const* const named = command_in(words);
  return named != nullptr && (named->run == opcache_check || named->run == fpm_check);
}

exit_code check_did_not_begin(std::vector<std::string> const& words, console& out, error const& failed) {
  std::string_view const service = command_in(words)->run == fpm_check ? "FPM" : "OPCACHE";
  std::string const hint = failed.hint().empty() ? "" : "; " + failed.hint();
  out.write(report::escape_controls(monitor::unknown_line(service, failed.message() + hint), "\n"));
  out.flush();
  return static_cast<exit_code>(state::unknown);
}

}  // namespace cachetool::cli
