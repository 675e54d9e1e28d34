#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

#include "caches/apcu.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

/// What APCu's commands show: CacheTool's tables, and JSON objects with PHP's own names, whose keys are always there.
namespace cachetool::cli {

report::table info_table(apcu::info const& info);
std::vector<std::string> info_columns();
std::vector<std::string> csv_fields(apcu::info const& info);
void write_json(report::json_writer& json, apcu::info const& info);

std::vector<std::string> memory_columns();
std::vector<std::string> csv_fields(apcu::memory const& memory);
void write_json(report::json_writer& json, apcu::memory const& memory);

/// Counts the keys that are kept to be shown.
class kept_keys {
 public:
  /// One more. Throws error (usage) when there are more, or more of their text, than will do.
  void count(std::string_view name);

 private:
  std::size_t keys_ = 0;
  std::size_t text_ = 0;
};

report::table keys_table();
void add_row(report::table& rows, apcu::key const& key);
std::vector<std::string> keys_columns();
std::vector<std::string> csv_fields(apcu::key const& key);
void write_json(report::json_writer& json, apcu::key const& key);

/// "APCu cleared, 12 entries"
std::string clear_text(apcu::clear_report const& report);
std::vector<std::string> clear_columns();
std::vector<std::string> csv_fields(apcu::clear_report const& report, origin const& from);
void write_json(report::json_writer& json, apcu::clear_report const& report);

/// A value as CacheTool shows it, in the form of PHP's var_export().
std::string value_text(apcu::fetched const& what);

/// The regular expression that the user gave, as PHP wants it. "/.../flags" is one already; anything else is a pattern
/// without delimiters. Empty if it is, in either form: it would match everything.
std::string to_pcre(std::string const& given);

}  // namespace cachetool::cli
