#include "cli/opcache_view.hpp"

#include <fmt/format.h>

#include <array>

#include "report/text.hpp"

namespace cachetool::cli {
namespace {

std::string yes_no(bool b) {
  return b ? "Yes" : "No";
}

// With opcache.file_cache_only PHP tells hardly anything, and CacheTool shows just what it tells.
report::table raw_table(php::value const& status) {
  report::table table({"Name", "Value"});
  for (php::entry const& entry : status.entries()) {
    std::string const* const key = std::get_if<std::string>(&entry.key);
    if (key != nullptr) table.add_row({*key, report::var_export(entry.item)});
  }
  return table;
}

void add_memory(report::table& table, opcache::memory_usage const& memory) {
  table.add_row({"Memory used", report::bytes(static_cast<double>(memory.used))});
  table.add_row({"Memory free", report::bytes(static_cast<double>(memory.free))});
  table.add_row({"Memory wasted (%)", report::bytes(static_cast<double>(memory.wasted)) + " (" +
                                          report::php_float(memory.wasted_percentage) + "%)"});
}

void add_strings(report::table& table, opcache::interned_strings const& strings) {
  table.add_row({"Strings buffer size", report::bytes(static_cast<double>(strings.buffer_size))});
  table.add_row({"Strings memory used", report::bytes(static_cast<double>(strings.used))});
  table.add_row({"Strings memory free", report::bytes(static_cast<double>(strings.free))});
  table.add_row({"Number of strings", std::to_string(strings.count)});
}

void add_counts(report::table& table, opcache::statistics const& counts) {
  table.add_separator();
  table.add_row({"Cached scripts", std::to_string(counts.scripts)});
  table.add_row({"Cached keys", std::to_string(counts.keys)});
  table.add_row({"Max cached keys", std::to_string(counts.max_keys)});
  table.add_row({"Start time", report::date(counts.start_time)});
  table.add_row(
      {"Last restart time", counts.last_restart_time == 0 ? "Never" : report::date(counts.last_restart_time)});
  table.add_row({"Oom restarts", std::to_string(counts.oom_restarts)});
  table.add_row({"Hash restarts", std::to_string(counts.hash_restarts)});
  table.add_row({"Manual restarts", std::to_string(counts.manual_restarts)});
  table.add_row({"Hits", std::to_string(counts.hits)});
  table.add_row({"Misses", std::to_string(counts.misses)});
  table.add_row({"Blacklist misses (%)", std::to_string(counts.blacklist_misses) + " (" +
                                             report::php_float(counts.blacklist_miss_ratio) + "%)"});
  table.add_row({"Opcache hit rate", report::php_float(counts.hit_rate)});
}

// A member of RAW, or null where PHP did not give it.
void raw_member(report::json_writer& json, php::value const& raw, std::string_view name) {
  json.key(name).value(raw[name]);
}

// The members of RAW[NAME] in one fixed shape.
template <std::size_t Count>
void raw_object(report::json_writer& json, php::value const& raw, std::string_view name,
                std::array<std::string_view, Count> const& members) {
  json.key(name).begin_object();
  for (std::string_view const member : members) raw_member(json, raw[name], member);
  json.end_object();
}

void nullable(report::json_writer& json, std::string_view name, std::string_view text) {
  json.key(name);
  text.empty() ? json.null() : json.string(text);
}

std::string_view outcome_name(opcache::reset_report::outcome what) {
  switch (what) {
    case opcache::reset_report::outcome::confirmed:
      return "confirmed";
    case opcache::reset_report::outcome::reloaded:
      return "reloaded";
    case opcache::reset_report::outcome::scheduled:
      return "scheduled";
  }
  return "";
}

}  // namespace

report::table status_table(opcache::status const& status) {
  if (status.file_cache_only) return raw_table(status.raw);
  report::table table({"Name", "Value"});
  table.add_row({"Enabled", yes_no(status.enabled)});
  table.add_row({"Cache full", yes_no(status.cache_full)});
  table.add_row({"Restart pending", yes_no(status.restart_pending)});
  table.add_row({"Restart in progress", yes_no(status.restart_in_progress)});
  if (status.memory) add_memory(table, *status.memory);
  if (status.strings) add_strings(table, *status.strings);
  if (status.counts) add_counts(table, *status.counts);
  return table;
}

void write_json(report::json_writer& json, opcache::status const& status) {
  php::value const& raw = status.raw;
  json.begin_object();
  for (std::string_view const member : {"opcache_enabled", "cache_full", "restart_pending", "restart_in_progress"}) {
    raw_member(json, raw, member);
  }
  raw_object(
      json, raw, "memory_usage",
      std::array<std::string_view, 4>{"used_memory", "free_memory", "wasted_memory", "current_wasted_percentage"});
  raw_object(json, raw, "interned_strings_usage",
             std::array<std::string_view, 4>{"buffer_size", "used_memory", "free_memory", "number_of_strings"});
  raw_object(
      json, raw, "opcache_statistics",
      std::array<std::string_view, 13>{"num_cached_scripts", "num_cached_keys", "max_cached_keys", "hits", "start_time",
                                       "last_restart_time", "oom_restarts", "hash_restarts", "manual_restarts",
                                       "misses", "blacklist_misses", "blacklist_miss_ratio", "opcache_hit_rate"});
  for (std::string_view const member : {"jit", "preload_statistics", "file_cache"}) raw_member(json, raw, member);
  json.key("file_cache_only").boolean(status.file_cache_only).end_object();
}

report::table configuration_table(opcache::configuration const& configuration) {
  report::table table({"Directive", "Value"});
  for (php::entry const& entry : configuration.directives.entries()) {
    std::string const* const key = std::get_if<std::string>(&entry.key);
    if (key != nullptr) table.add_row({*key, report::var_export(entry.item)});
  }
  return table;
}

void write_json(report::json_writer& json, opcache::configuration const& configuration) {
  json.begin_object();
  json.key("version").begin_object();
  json.key("opcache_product_name").string(configuration.product);
  json.key("version").string(configuration.version).end_object();
  json.key("directives").value(configuration.directives);
  json.key("blacklist").value(configuration.blacklist).end_object();
}

report::table scripts_table() {
  return report::table({"Hits", "Memory", "Filename"});
}

void add_row(report::table& rows, opcache::script const& script) {
  rows.add_row(
      {report::grouped(script.hits), report::bytes(static_cast<double>(script.memory)), std::string(script.path)});
}

void write_json(report::json_writer& json, opcache::script const& script) {
  json.begin_object();
  json.key("full_path").string(script.path);
  json.key("hits").integer(script.hits);
  json.key("memory_consumption").integer(script.memory);
  json.key("last_used_timestamp").integer(script.last_used);
  json.key("timestamp");
  script.timestamp ? json.integer(*script.timestamp) : json.null();
  json.end_object();
}

std::string reset_text(opcache::reset_report const& report) {
  std::string const joined = report.joined ? " (a restart was pending already)" : "";
  switch (report.what) {
    case opcache::reset_report::outcome::confirmed:
      return fmt::format("OPcache reset, confirmed in {:.1f} ms{}", report.took.count(), joined);
    case opcache::reset_report::outcome::reloaded:
      return "php-fpm was started anew meanwhile, which emptied OPcache";
    case opcache::reset_report::outcome::scheduled:
      break;
  }
  std::int64_t const running = report.running.value_or(0);
  std::string const requests = running < 1    ? "running requests to end"
                               : running == 1 ? "1 running request"
                                              : std::to_string(running) + " running requests";
  return "reset scheduled, waiting for " + requests + joined;
}

void write_json(report::json_writer& json, opcache::reset_report const& report) {
  json.begin_object();
  json.key("outcome").string(outcome_name(report.what));
  json.key("joined").boolean(report.joined);
  json.key("took_ms").floating(report.took.count());
  json.key("running");
  report.running ? json.integer(*report.running) : json.null();
  nullable(json, "file_cache", report.file_cache);
  json.key("preloaded").integer(report.preloaded).end_object();
}

}  // namespace cachetool::cli
