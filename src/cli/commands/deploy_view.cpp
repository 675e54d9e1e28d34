#include "cli/commands/deploy_view.hpp"

#include <algorithm>
#include <iterator>

#include "base/mebibytes.hpp"
#include "base/text.hpp"
#include "cli/commands/opcache_reset_view.hpp"

namespace cachetool::cli {
namespace {

using name_outcome = releases::moved_name::outcome;

std::int64_t count(releases::finish_report const& report, name_outcome what) {
  return std::count_if(report.names.begin(), report.names.end(),
                       [what](auto const& name) { return name.what == what; });
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
  if (!all.known) return "the realpath cache of " + base::counted(all.cleared, "worker") + pools + " cleared";
  return std::to_string(all.cleared) + "/" + base::counted(all.workers, "worker") + pools + " cleared";
}

std::string outside_text(releases::finish_report const& report) {
  std::int64_t const refreshed = report.outside.refreshed;
  std::int64_t const forgotten = report.outside.forgotten;
  return (refreshed > 0 ? ", " + base::counted(refreshed, "script") + " outside of it refreshed" : "") +
         (forgotten > 0 ? ", " + base::counted(forgotten, "script") + " outside of it forgotten" : "");
}

std::string_view name_of(name_outcome what) {
  switch (what) {
    case name_outcome::moved:
      return "moved";
    case name_outcome::gone:
      return "gone";
    case name_outcome::not_cached:
      return "not_cached";
    case name_outcome::left:
      return "left";
    case name_outcome::failed:
      break;
  }
  return "failed";
}

std::array<report::field, 4> pool_fields(releases::pool_report const& pool) {
  return {{{"pool", std::string_view(pool.pool)},
           {"workers", report::unless_zero(pool.workers)},
           {"cleared", pool.cleared},
           {"missing", &pool.missing}}};
}

std::array<report::field, 3> name_fields(releases::moved_name const& name) {
  return {{{"old_path", std::string_view(name.path)},
           {"outcome", name_of(name.what)},
           {"reason", report::unless_empty(name.why)}}};
}

report::field_value text_or_null(std::optional<std::string> const& text) {
  return text ? report::field_value(std::string_view(*text)) : report::field_value();
}

// A script takes some milliseconds, including the pauses between requests.
std::int64_t seconds_for(std::int64_t scripts) {
  constexpr std::int64_t scripts_in_a_second = 250;
  return 1 + scripts / scripts_in_a_second;
}

}  // namespace

std::array<report::field, 2> fields(releases::release const& one) {
  return {{{"path", std::string_view(one.path)}, {"scripts", one.scripts}}};
}

std::string forecast_text(releases::switch_forecast const& forecast, std::string const& current) {
  std::string const what = "would lead " + current + " to " + forecast.release + " (now " +
                           (forecast.live.empty() ? "nothing" : forecast.live) + "): ";
  if (forecast.reset) return what + "OPcache would be reset, because " + *forecast.reset;
  return what + base::counted(forecast.compile, "script") + " to compile, " + std::to_string(forecast.ready) +
         " ready, " + base::counted(forecast.names, "name") + " to move, about " +
         std::to_string(seconds_for(forecast.compile)) + " s where a processor is free; " +
         base::mebibytes(forecast.wasted) + " would be wasted, " + base::mebibytes(forecast.free) + " are free";
}

std::array<report::field, 6> fields(releases::switch_forecast const& forecast) {
  return {{{"pool", std::string_view(forecast.from.pool)},
           {"live", std::string_view(forecast.live)},
           {"workers", {}},
           {"cleared", {}},
           {"moved", forecast.names},
           {"fell_back", text_or_null(forecast.reset)}}};
}

void write_json(report::json_writer& json, releases::switch_forecast const& forecast) {
  report::write_object(json, std::array<report::field, 10>{{{"dry_run", true},
                                                            {"release", std::string_view(forecast.release)},
                                                            {"live", report::unless_empty(forecast.live)},
                                                            {"compile", forecast.compile},
                                                            {"ready", forecast.ready},
                                                            {"names", forecast.names},
                                                            {"wasted_memory", forecast.wasted},
                                                            {"free_memory", forecast.free},
                                                            {"seconds", seconds_for(forecast.compile)},
                                                            {"reset", text_or_null(forecast.reset)}}});
}

std::string finish_text(releases::finish_report const& report) {
  if (report.reset && report.reset->what == opcache::reset_report::outcome::unconfirmed) {
    return report.live + " is live, and PHP accepted a reset of OPcache, because " + report.fell_back.value_or("") +
           "; nothing tells whether it took place";
  }
  if (report.reset) {
    return report.live + " is served: " + reset_text(*report.reset) + ", because " + report.fell_back.value_or("");
  }
  std::int64_t const moved = count(report, name_outcome::moved);
  std::int64_t const left = count(report, name_outcome::left);
  return report.live + " is served: " + workers_text(report) +
         (moved > 0 ? ", " + base::counted(moved, "name") + " moved from the previous release" : "") +
         (left > 0 ? ", " + std::to_string(left) + " left to " + (left == 1 ? "its" : "their") + " first visitor"
                   : "") +
         outside_text(report);
}

std::string leftover_text(releases::release const& old, std::string const& current) {
  return "kept in the cache, for a rollback: " + base::counted(old.scripts, "script") + " of " + old.path +
         "; to forget them: cachetool opcache:prune --keep=" + base::shell_word(current);
}

std::string left_alone_text(std::string const& path) {
  return "left alone, because another link leads there: " + path +
         "; if it was live before, --old=" + base::shell_word(path);
}

std::array<report::field, 6> fields(releases::finish_report const& report) {
  totals const all = add_up(report);
  return {{{"pool", std::string_view(report.from.pool)},
           {"live", std::string_view(report.live)},
           {"workers", all.known ? report::field_value(all.workers) : report::field_value()},
           {"cleared", all.cleared},
           {"moved", count(report, name_outcome::moved)},
           {"fell_back", text_or_null(report.fell_back)}}};
}

void write_json(report::json_writer& json, releases::finish_report const& report) {
  json.begin_object().key("live").string(report.live);
  report::write_objects(json, "pools", report.pools, pool_fields);
  report::write_objects(json, "old", report.old, [](releases::release const& each) { return fields(each); });
  report::write_members(json, std::array<report::field, 1>{{{"left_alone", &report.left_alone}}});
  report::write_objects(json, "names", report.names, name_fields);
  report::write_members(json, std::array<report::field, 5>{{{"outside.refreshed", report.outside.refreshed},
                                                            {"outside.forgotten", report.outside.forgotten},
                                                            {"preloaded", &report.preloaded},
                                                            {"still_used", &report.still_used},
                                                            {"fell_back", text_or_null(report.fell_back)}}});
  json.key("reset");
  report.reset ? write_json(json, *report.reset) : void(json.null());
  json.end_object();
}

error preloaded_is_served(std::int64_t scripts, std::string const& which) {
  return error(error_kind::php_error, base::counted(scripts, "preloaded script") + " " + which + " " +
                                          (scripts == 1 ? "is" : "are") + " served until php-fpm is reloaded")
      .advise("reload php-fpm, as systemctl reload php-fpm does: opcache.preload is read then alone");
}

std::optional<error> failure(releases::finish_report const& report) {
  if (!report.preloaded.empty()) return preloaded_is_served(std::ssize(report.preloaded), "of the previous release");
  if (!report.still_used.empty()) {
    return error(error_kind::php_error, base::counted(std::ssize(report.still_used), "script") +
                                            " of the previous release " +
                                            (report.still_used.size() == 1 ? "is" : "are") +
                                            " still used, by requests "
                                            "that began when all was done: " +
                                            report.still_used.front())
        .advise(
            "something else than a link or OPcache names it: a class map in APCu (composer --apcu-prefix) goes with "
            "cachetool apcu:cache:clear, a generated configuration with its own command");
  }
  std::int64_t const failed = count(report, name_outcome::failed) + std::ssize(report.outside.failed);
  if (failed == 0) return std::nullopt;
  return error(error_kind::php_error, base::counted(failed, "file") + " that " + (failed == 1 ? "is" : "are") +
                                          " in use " + (failed == 1 ? "does" : "do") + " not compile")
      .advise("mend them, or switch back");
}

std::vector<std::string> remarks(releases::finish_report const& report) {
  std::vector<std::string> out;
  for (std::string const& path : report.preloaded) out.push_back(path + " was preloaded, and is still served");
  if (!report.led_to_unknown.empty()) {
    out.push_back("nobody tells whether names below the link lead to a release elsewhere: " + report.led_to_unknown);
  }
  for (std::string const& text : report.outside.failed) out.push_back(text);
  for (releases::moved_name const& name : report.names) {
    if (name.what == name_outcome::failed)
      out.push_back(name.live + ", which is in use, does not compile: " + name.why);
    if (name.what == name_outcome::not_cached)
      out.push_back(name.live + ", which is in use, is not cached: " + name.why);
  }
  return out;
}

}  // namespace cachetool::cli
