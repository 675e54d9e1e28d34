#include "cli/commands/opcache_view.hpp"

#include "report/csv.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

report::table table_of(std::string const& heading, php::value const& values) {
  report::table table({heading, "Value"});
  for (php::entry const& entry : values.entries()) {
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

}  // namespace

// With opcache.file_cache_only PHP tells hardly anything, and CacheTool shows only that.
report::table status_table(opcache::status const& status) {
  if (status.file_cache_only) return table_of("Name", status.raw);
  report::table table({"Name", "Value"});
  table.add_row({"Enabled", report::yes_no(status.enabled)});
  table.add_row({"Cache full", report::yes_no(status.cache_full)});
  table.add_row({"Restart pending", report::yes_no(status.restart_pending)});
  table.add_row({"Restart in progress", report::yes_no(status.restart_in_progress)});
  if (status.memory) add_memory(table, *status.memory);
  if (status.strings) add_strings(table, *status.strings);
  if (status.counts) add_counts(table, *status.counts);
  return table;
}

// Under PHP's names. With opcache.file_cache_only PHP tells only that the cache is on.
std::array<report::field, 25> fields(opcache::status const& status) {
  auto const flag = [&](bool value) {
    return status.file_cache_only ? report::field_value() : report::field_value(value);
  };
  auto const of = [](auto const& part, auto member) {
    return part ? report::field_value((*part).*member) : report::field_value();
  };
  using memory = opcache::memory_usage;
  using strings = opcache::interned_strings;
  using counts = opcache::statistics;
  return {{{"opcache_enabled", status.enabled},
           {"cache_full", flag(status.cache_full)},
           {"restart_pending", flag(status.restart_pending)},
           {"restart_in_progress", flag(status.restart_in_progress)},
           {"memory_usage.used_memory", of(status.memory, &memory::used)},
           {"memory_usage.free_memory", of(status.memory, &memory::free)},
           {"memory_usage.wasted_memory", of(status.memory, &memory::wasted)},
           {"memory_usage.current_wasted_percentage", of(status.memory, &memory::wasted_percentage)},
           {"interned_strings_usage.buffer_size", of(status.strings, &strings::buffer_size)},
           {"interned_strings_usage.used_memory", of(status.strings, &strings::used)},
           {"interned_strings_usage.free_memory", of(status.strings, &strings::free)},
           {"interned_strings_usage.number_of_strings", of(status.strings, &strings::count)},
           {"opcache_statistics.num_cached_scripts", of(status.counts, &counts::scripts)},
           {"opcache_statistics.num_cached_keys", of(status.counts, &counts::keys)},
           {"opcache_statistics.max_cached_keys", of(status.counts, &counts::max_keys)},
           {"opcache_statistics.hits", of(status.counts, &counts::hits)},
           {"opcache_statistics.start_time", of(status.counts, &counts::start_time)},
           {"opcache_statistics.last_restart_time", of(status.counts, &counts::last_restart_time)},
           {"opcache_statistics.oom_restarts", of(status.counts, &counts::oom_restarts)},
           {"opcache_statistics.hash_restarts", of(status.counts, &counts::hash_restarts)},
           {"opcache_statistics.manual_restarts", of(status.counts, &counts::manual_restarts)},
           {"opcache_statistics.misses", of(status.counts, &counts::misses)},
           {"opcache_statistics.blacklist_misses", of(status.counts, &counts::blacklist_misses)},
           {"opcache_statistics.blacklist_miss_ratio", of(status.counts, &counts::blacklist_miss_ratio)},
           {"opcache_statistics.opcache_hit_rate", of(status.counts, &counts::hit_rate)}}};
}

void write_json(report::json_writer& json, opcache::status const& status) {
  json.begin_object();
  report::write_members(json, fields(status));
  for (std::string_view const whole : {"jit", "preload_statistics", "file_cache"}) {
    json.key(whole).value(status.raw[whole]);
  }
  json.key("file_cache_only").boolean(status.file_cache_only).end_object();
}

std::vector<std::string> configuration_columns() {
  return {"directive", "value"};
}

std::vector<std::vector<std::string>> csv_rows(opcache::configuration const& configuration) {
  std::vector<std::vector<std::string>> rows;
  for (php::entry const& entry : configuration.directives.entries()) {
    std::string const* const key = std::get_if<std::string>(&entry.key);
    if (key != nullptr) rows.push_back({*key, report::csv_field(entry.item)});
  }
  return rows;
}

report::table configuration_table(opcache::configuration const& configuration) {
  return table_of("Directive", configuration.directives);
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

std::array<report::field, 5> fields(opcache::script const& script) {
  return {{{"hits", script.hits},
           {"memory_consumption", script.memory},
           {"last_used_timestamp", script.last_used},
           {"timestamp", report::maybe(script.timestamp)},
           {"full_path", script.path}}};
}

}  // namespace cachetool::cli
