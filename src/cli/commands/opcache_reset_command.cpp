#include "cli/commands/opcache_reset_command.hpp"

#include <algorithm>
#include <set>

#include "caches/opcache_reset.hpp"
#include "cli/commands/graceful_view.hpp"
#include "cli/commands/opcache_reset_view.hpp"
#include "cli/output/progress.hpp"
#include "cli/targets/targets.hpp"
#include "releases/graceful.hpp"

namespace cachetool::cli {
namespace {

constexpr std::chrono::milliseconds short_look{1000};
constexpr std::chrono::milliseconds long_wait{300000};
constexpr std::chrono::milliseconds idle_time{1000};

std::optional<std::int64_t> percentage(options const& given) {
  auto const value = given.count("if-wasted");
  if (value && *value > 100) {
    throw error(error_kind::usage, "--if-wasted takes a percentage from 0 to 100");
  }
  return value;
}

opcache::reset_options reset_options(options const& given) {
  opcache::reset_options out;
  auto const deadline = given.seconds("deadline");
  bool const waits = given.given("wait");
  out.patience = waits ? given.seconds("wait").value_or(deadline.value_or(long_wait)) : short_look;
  if (deadline) out.patience = std::min(out.patience, *deadline);
  out.if_wasted = percentage(given);
  if (given.given("if-idle")) out.if_idle = given.seconds("if-idle").value_or(idle_time);
  out.careful = waits;
  out.safe = given.flag("safe") > 0;
  return out;
}

template <typename Report>
void show(target_output& out, Report const& report, origin const& from, std::string const& text,
          std::optional<error> const& failure) {
  out.show(from,
           {[&](report::json_writer& json) { write_json(json, report); },
            [&] { return target_output::csv_table{report::led_by(from.pool, report::texts(fields(report)))}; },
            [&] { out.line(from, text); }},
           remarks(report), failure);
}

/// Says on standard error which requests are waited for, each once.
class waiting_list {
 public:
  waiting_list(console& streams, std::string label) : streams_(streams), label_(std::move(label)) {}

  void tell(std::vector<opcache::blocker> const& blockers) {
    for (opcache::blocker const& each : blockers) {
      if (told_.insert(each.pid).second) streams_.warning(label_ + ": waiting for " + describe(each));
    }
  }

 private:
  console& streams_;
  std::string label_;
  std::set<std::int64_t> told_;
};

bool is_graceful(context const& with) {
  if (with.given.given("no-graceful")) return false;
  if (with.given.given("graceful")) return true;
  // These options are about a restart.
  bool const is_about_restart = with.given.given("wait") || with.given.given("safe") || with.given.given("if-idle");
  return with.file.graceful && !is_about_restart;
}

void refuse_with_graceful(options const& given) {
  for (char const* each : {"wait", "safe", "if-idle", "no-graceful"}) {
    if (given.given(each))
      throw error(error_kind::usage, std::string("--graceful and --") + each + " exclude each other");
  }
}

releases::graceful_options graceful_options(options const& given) {
  releases::graceful_options out;
  out.patience = given.seconds("deadline").value_or(out.patience);
  out.fall_back = !given.given("no-fallback");
  out.if_wasted = percentage(given);
  return out;
}

// All pools of a master share the cache that is brought up to date.
exit_code reset_gracefully(context& with) {
  releases::graceful_options const options = graceful_options(with.given);
  auto columns = report::led_by("pool", report::names(fields(releases::graceful_report())));
  return for_each_whole_master(with, std::move(columns), [&](reached_master& master) -> report_view {
    releases::served_by const php{master.pools, master.out_of_reach, master.masters == 1, master.master};
    auto const tell = [&](std::string const& word) { return progress_on(master.streams, *php.pools.front(), word); };
    return [report = releases::bring_up_to_date(php, options, tell)](target_output& out, std::string const& pool) {
      show(out, report, as_of_pool(report.from, pool), graceful_text(report), failure(report));
    };
  });
}

}  // namespace

exit_code opcache_reset(context& with) {
  if (with.given.given("graceful")) refuse_with_graceful(with.given);
  if (is_graceful(with)) return reset_gracefully(with);
  if (with.given.given("no-fallback")) throw error(error_kind::usage, "--no-fallback belongs to --graceful");
  opcache::reset_options const options = reset_options(with.given);
  bool const waits = with.given.given("wait");
  auto columns = report::led_by("pool", report::names(fields(opcache::reset_report())));
  return for_each_master(with, std::move(columns), [&](adapter::adapter& php, console& streams) {
    waiting_list list(streams, php.label());
    opcache::reset_options mine = options;
    if (waits) mine.tell = [&list](auto const& blockers) { list.tell(blockers); };
    return [report = opcache::reset(php, mine), waits, options](target_output& out, std::string const& pool) {
      auto const failed = waits ? not_confirmed(report, options.patience) : std::nullopt;
      show(out, report, as_of_pool(report.from, pool), reset_text(report), failed);
    };
  });
}

}  // namespace cachetool::cli
