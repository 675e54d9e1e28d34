#include "cli/commands/deploy_view.hpp"

#include <algorithm>
#include <iterator>

#include "base/mebibytes.hpp"
#include "base/text.hpp"
#include "cli/commands/opcache_reset_view.hpp"

namespace cachetool::cli {
namespace {

using outcome = releases::moved_name::outcome;

std::int64_t count(releases::finish_report const& report, outcome what) {
  return std::count_if(report.names.begin(), report.names.end(),
                       [what](auto const& name) { return name.what == what; });
}

std::string counted(std::int64_t number, std::string const& thing) {
  return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

struct totals {
  std::int64_t workers = 0;
  std::int64_t cleared = 0;
  bool known = true;
};

totals add_up(releases::finish_report const& report) {
  totals out;
  for (releases::pool_report const& pool : report.pools) {
    out.workers += pool.workers;
    out.cleared += pool.cleared;
    out.known = out.known && pool.workers > 0;
  }
  return out;
}

std::string workers_text(releases::finish_report const& report) {
  totals const all = add_up(report);
  std::string const pools = report.pools.size() > 1 ? " of " + std::to_string(report.pools.size()) + " pools" : "";
  if (!all.known) return "the realpath cache of " + counted(all.cleared, "worker") + pools + " cleared";
  return std::to_string(all.cleared) + "/" + counted(all.workers, "worker") + pools + " cleared";
}

std::string outside_text(releases::finish_report const& report) {
  std::int64_t const refreshed = report.outside.refreshed;
  std::int64_t const forgotten = report.outside.forgotten;
  return (refreshed > 0 ? ", " + counted(refreshed, "script") + " outside of it refreshed" : "") +
         (forgotten > 0 ? ", " + counted(forgotten, "script") + " outside of it forgotten" : "");
}

std::string_view name_of(outcome what) {
  switch (what) {
    case outcome::moved:
      return "moved";
    case outcome::gone:
      return "gone";
    case outcome::not_cached:
      return "not_cached";
    case outcome::left:
      return "left";
    case outcome::failed:
      break;
  }
  return "failed";
}

void write_pools(report::json_writer& json, releases::finish_report const& report) {
  json.key("pools").begin_array();
  for (releases::pool_report const& pool : report.pools) {
    json.begin_object();
    json.key("pool").string(pool.pool);
    json.key("workers");
    pool.workers > 0 ? json.integer(pool.workers) : json.null();
    json.key("cleared").integer(pool.cleared);
    json.key("missing").begin_array();
    for (std::int64_t pid : pool.missing) json.integer(pid);
    json.end_array().end_object();
  }
  json.end_array();
}

void write_strings(report::json_writer& json, std::string_view key, std::vector<std::string> const& strings) {
  json.key(key).begin_array();
  for (std::string const& each : strings) json.string(each);
  json.end_array();
}

void write_names(report::json_writer& json, releases::finish_report const& report) {
  json.key("names").begin_array();
  for (releases::moved_name const& name : report.names) {
    json.begin_object().key("old_path").string(name.path).key("outcome").string(name_of(name.what));
    json.key("reason");
    name.why.empty() ? json.null() : json.string(name.why);
    json.end_object();
  }
  json.end_array();
}

// A script takes some milliseconds, with what lies between two requests.
std::int64_t seconds_for(std::int64_t scripts) {
  constexpr std::int64_t scripts_in_a_second = 250;
  return 1 + scripts / scripts_in_a_second;
}

}  // namespace

std::string forecast_text(switch_forecast const& forecast, std::string const& current) {
  std::string const what = "would lead " + current + " to " + forecast.release + " (now " +
                           (forecast.live.empty() ? "nothing" : forecast.live) + "): ";
  if (forecast.reset) return what + "OPcache would be reset, because " + *forecast.reset;
  return what + counted(forecast.compile, "script") + " to compile, " + std::to_string(forecast.ready) + " ready, " +
         counted(forecast.names, "name") + " to move, about " + std::to_string(seconds_for(forecast.compile)) +
         " s where a processor is free; " + base::mebibytes(forecast.wasted) + " would be wasted, " +
         base::mebibytes(forecast.free) + " are free";
}

std::vector<std::string> csv_fields(switch_forecast const& forecast) {
  return {forecast.from.pool, forecast.live, "", "", std::to_string(forecast.names), forecast.reset.value_or("")};
}

void write_json(report::json_writer& json, switch_forecast const& forecast) {
  json.begin_object().key("dry_run").boolean(true).key("release").string(forecast.release).key("live");
  forecast.live.empty() ? json.null() : json.string(forecast.live);
  json.key("compile").integer(forecast.compile).key("ready").integer(forecast.ready);
  json.key("names").integer(forecast.names).key("wasted_memory").integer(forecast.wasted);
  json.key("free_memory").integer(forecast.free).key("seconds").integer(seconds_for(forecast.compile)).key("reset");
  forecast.reset ? json.string(*forecast.reset) : json.null();
  json.end_object();
}

std::string finish_text(releases::finish_report const& report) {
  if (report.reset && report.reset->what == opcache::reset_report::outcome::unconfirmed) {
    return report.live + " is live, and PHP accepted a reset of OPcache, because " + report.fell_back.value_or("") +
           "; nothing tells whether it took place";
  }
  if (report.reset) {
    return report.live + " is served: " + reset_text(*report.reset) + ", because " + report.fell_back.value_or("");
  }
  std::int64_t const moved = count(report, outcome::moved);
  std::int64_t const left = count(report, outcome::left);
  return report.live + " is served: " + workers_text(report) +
         (moved > 0 ? ", " + counted(moved, "name") + " moved from the release before" : "") +
         (left > 0 ? ", " + std::to_string(left) + " left to " + (left == 1 ? "its" : "their") + " first visitor"
                   : "") +
         outside_text(report);
}

std::string leftover_text(releases::release const& old, std::string const& current) {
  return "kept in the cache, for a rollback: " + counted(old.scripts, "script") + " of " + old.path +
         "; to forget them: cachetool opcache:prune --keep=" + base::shell_word(current);
}

std::string left_alone_text(std::string const& path) {
  return "left alone, because another link leads there: " + path +
         "; if it was live before, --old=" + base::shell_word(path);
}

std::vector<std::string> finish_columns() {
  return {"pool", "live", "workers", "cleared", "moved", "fell_back"};
}

std::vector<std::string> csv_fields(releases::finish_report const& report) {
  totals const all = add_up(report);
  return {report.from.pool,
          report.live,
          all.known ? std::to_string(all.workers) : "",
          std::to_string(all.cleared),
          std::to_string(count(report, outcome::moved)),
          report.fell_back.value_or("")};
}

void write_json(report::json_writer& json, releases::finish_report const& report) {
  json.begin_object().key("live").string(report.live);
  write_pools(json, report);
  json.key("old").begin_array();
  for (releases::release const& old : report.old) {
    json.begin_object().key("path").string(old.path).key("scripts").integer(old.scripts).end_object();
  }
  json.end_array();
  json.key("left_alone").begin_array();
  for (std::string const& path : report.left_alone) json.string(path);
  json.end_array();
  write_names(json, report);
  json.key("outside").begin_object().key("refreshed").integer(report.outside.refreshed);
  json.key("forgotten").integer(report.outside.forgotten).end_object();
  write_strings(json, "preloaded", report.preloaded);
  write_strings(json, "still_used", report.still_used);
  json.key("fell_back");
  report.fell_back ? json.string(*report.fell_back) : json.null();
  json.key("reset");
  report.reset ? write_json(json, *report.reset) : void(json.null());
  json.end_object();
}

std::optional<error> failure(releases::finish_report const& report) {
  if (!report.preloaded.empty()) {
    return error(error_kind::php_error, counted(std::ssize(report.preloaded), "preloaded script") +
                                            " of the release before " + (report.preloaded.size() == 1 ? "is" : "are") +
                                            " served until php-fpm is reloaded")
        .advise("reload php-fpm, as systemctl reload php-fpm does: opcache.preload is read then alone");
  }
  if (!report.still_used.empty()) {
    return error(error_kind::php_error, counted(std::ssize(report.still_used), "script") + " of the release before " +
                                            (report.still_used.size() == 1 ? "is" : "are") +
                                            " used yet, by requests "
                                            "that began when all was done: " +
                                            report.still_used.front())
        .advise(
            "something else than a link or OPcache names it: a class map in APCu (composer --apcu-prefix) goes with "
            "cachetool apcu:cache:clear, a generated configuration with its own command");
  }
  std::int64_t const failed = count(report, outcome::failed) + std::ssize(report.outside.failed);
  if (failed == 0) return std::nullopt;
  return error(error_kind::php_error, counted(failed, "file") + " that " + (failed == 1 ? "is" : "are") + " in use " +
                                          (failed == 1 ? "does" : "do") + " not compile")
      .advise("mend them, or switch back");
}

std::vector<std::string> remarks(releases::finish_report const& report) {
  std::vector<std::string> out;
  for (std::string const& path : report.preloaded) out.push_back(path + " was preloaded, and is served yet");
  for (std::string const& text : report.outside.failed) out.push_back(text);
  for (releases::moved_name const& name : report.names) {
    if (name.what == outcome::failed) out.push_back(name.live + ", which is in use, does not compile: " + name.why);
    if (name.what == outcome::not_cached) out.push_back(name.live + ", which is in use, is not cached: " + name.why);
  }
  return out;
}

}  // namespace cachetool::cli
