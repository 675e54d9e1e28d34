#include "cli/commands/opcache_reset_view.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.hpp"
#include "caches/opcache_reset.hpp"
#include "cli/commands/outcome_view.hpp"

namespace cachetool::cli {
namespace {

using reset_outcome = opcache::reset_report::outcome;

std::string_view outcome_name(reset_outcome what) {
  switch (what) {
    case reset_outcome::confirmed:
      return "confirmed";
    case reset_outcome::reloaded:
      return "reloaded";
    case reset_outcome::scheduled:
      return "scheduled";
    case reset_outcome::unconfirmed:
      return "unconfirmed";
    case reset_outcome::skipped:
      return "skipped";
  }
  return "";
}

std::array<report::field, 5> blocker_fields(opcache::blocker const& who) {
  auto const seconds =
      who.age ? report::field_value(std::chrono::duration<double>(*who.age).count()) : report::field_value();
  return {{{"pid", who.pid},
           {"pool", report::unless_empty(who.pool)},
           {"uid", report::maybe(who.user)},
           {"script", report::unless_empty(who.script)},
           {"seconds", seconds}}};
}

std::string requests_text(std::int64_t running) {
  return running < 1 ? "running requests to end" : base::counted(running, "running request");
}

// "12.3"
std::string one_decimal(double number) {
  std::array<char, 32> text;
  auto const [end, failed] = std::to_chars(text.begin(), text.end(), number, std::chars_format::fixed, 1);
  return failed == std::errc() ? std::string(text.begin(), end) : "0.0";
}

// Says how PHP itself ends the wait.
std::string end_of_patience(opcache::reset_report const& report) {
  if (report.kill_after.count() == 0) return {};
  return "PHP ends who still keeps the restart waiting after " + std::to_string(report.kill_after.count()) +
         " s (opcache.force_restart_timeout)";
}

void add_leftovers(std::vector<std::string>& out, opcache::reset_report const& report) {
  if (!report.frozen.empty()) {
    out.push_back("PHP goes on with what the file cache in " + report.frozen +
                  " has, also of scripts that were changed: " + std::string(frozen_advice));
  } else if (!report.file_cache.empty()) {
    out.push_back("the file cache in " + report.file_cache + " is not emptied by a reset" +
                  (report.validates_timestamps
                       ? ""
                       : ", and with opcache.validate_timestamps=0 a changed script is still served "
                         "from there: run opcache:reset:file-cache, then reset again"));
  }
  if (report.preloaded > 0) {
    out.push_back("opcache.preload loaded " + std::to_string(report.preloaded) +
                  " scripts, which stay as they are until php-fpm is reloaded");
  }
}

}  // namespace

std::string reset_text(opcache::reset_report const& report) {
  std::string const joined = report.joined ? " (a restart was pending already)" : "";
  switch (report.what) {
    case reset_outcome::confirmed:
      return "OPcache reset, confirmed in " + one_decimal(report.took.count()) + " ms" + joined;
    case reset_outcome::reloaded:
      return "php-fpm was started anew meanwhile, which emptied OPcache";
    case reset_outcome::unconfirmed:
      return "OPcache reset, unconfirmed: opcache_get_status() is disabled" + joined;
    case reset_outcome::skipped:
      return "skipped: " + report.skipped;
    case reset_outcome::scheduled:
      break;
  }
  return "reset scheduled, waiting for " + requests_text(report.running.value_or(0)) + joined;
}

std::array<report::field, 4> fields(opcache::reset_report const& report) {
  double const took = std::round(report.took.count() * 1000) / 1000;
  return {{{"outcome", outcome_name(report.what)},
           {"joined", report.joined},
           {"took_ms", took},
           {"running", report::maybe(report.running)}}};
}

void write_json(report::json_writer& json, opcache::reset_report const& report) {
  json.begin_object();
  report::write_members(json, fields(report));
  report::write_members(json, std::array<report::field, 1>{{{"skipped", report::unless_empty(report.skipped)}}});
  report::write_objects(json, "blocked_by", report.blocked_by,
                        [](opcache::blocker const& who) { return blocker_fields(who); });
  report::write_members(json, std::array<report::field, 3>{{{"risks", &report.risks},
                                                            {"file_cache", report::unless_empty(report.file_cache)},
                                                            {"preloaded", report.preloaded}}});
  json.end_object();
}

std::vector<std::string> remarks(opcache::reset_report const& report) {
  std::vector<std::string> out;
  if (report.what == reset_outcome::skipped) return out;
  for (std::string const& each : report.risks) out.push_back(each);
  if (report.what == reset_outcome::scheduled) {
    for (opcache::blocker const& each : report.blocked_by) out.push_back("still runs: " + describe(each));
    if (std::string const end = end_of_patience(report); !end.empty() && !report.blocked_by.empty()) out.push_back(end);
  }
  add_leftovers(out, report);
  return out;
}

std::optional<error> not_confirmed(opcache::reset_report const& report, std::chrono::milliseconds patience) {
  if (report.what != reset_outcome::scheduled) return std::nullopt;
  std::string const end = end_of_patience(report);
  return error(error_kind::timeout, "the reset is scheduled, but did not take place within " +
                                        base::duration_text(patience) + ": running requests use the cache")
      .advise("it takes place as soon as they have ended" + (end.empty() ? "" : "; " + end) +
              "; cachetool opcache:status shows it");
}

}  // namespace cachetool::cli
