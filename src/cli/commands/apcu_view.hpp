#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

#include "caches/apcu.hpp"
#include "report/record.hpp"
#include "report/table.hpp"

/// What APCu's commands show: CacheTool's tables, and JSON objects with PHP's own names. Their keys are always there.
namespace cachetool::cli {

report::table info_table(apcu::info const& info);

// The fields of each record, under APCu's own names.
std::array<report::field, 11> fields(apcu::info const& info);
std::array<report::field, 3> fields(apcu::memory const& memory);
std::array<report::field, 9> fields(apcu::key const& key);
std::array<report::field, 2> fields(apcu::clear_report const& report);

/// Counts the keys that are kept to be shown.
class kept_keys {
 public:
  /// Counts one more. Throws error (usage) if there are too many keys, or too much text in their names.
  void count(std::string_view name);

 private:
  std::size_t keys_ = 0;
  std::size_t text_ = 0;
};

report::table keys_table();
void add_row(report::table& rows, apcu::key const& key);

/// "APCu cleared, 12 entries"
std::string clear_text(apcu::clear_report const& report);

/// A value as CacheTool shows it, in the form of PHP's var_export().
std::string value_text(apcu::fetched const& what);

/// Returns the user's regular expression in PHP's form. "/.../flags" has that form already; anything else is a pattern
/// without delimiters. Empty if the pattern is empty in either form, because it would match everything.
std::string to_pcre(std::string const& given);

}  // namespace cachetool::cli
