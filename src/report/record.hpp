#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <cachetool/php/value.hpp>

#include "report/json.hpp"

/// What a command shows of one thing. Each field is named once; columns, CSV and JSON come from that.
namespace cachetool::report {

/// A field's contents, or nothing. Texts, lists and PHP values are not copied: what they come from must outlive the
/// field.
using field_value = std::variant<std::monostate, bool, std::int64_t, double, std::string_view, php::value const*,
                                 std::vector<std::string> const*, std::vector<std::int64_t> const*>;

/// A name may have a part before a dot, "memory_usage.used_memory". In JSON, fields with the same part, which must
/// stand together, make an object of that name.
struct field {
  std::string_view name;
  field_value value;
};

field_value maybe(std::optional<std::int64_t> number) noexcept;
field_value unless_empty(std::string_view text) noexcept;
field_value unless_zero(std::int64_t number) noexcept;

/// The names, as CSV column headings.
std::vector<std::string> names(std::span<field const> record);

/// The values as CSV fields: empty for nothing, "true" and "false", exact numbers, texts byte for byte, anything else
/// as JSON. A list becomes an empty field: it has rows of its own, or is only for JSON.
std::vector<std::string> texts(std::span<field const> record);

/// The names and texts with one more in front, only for CSV: JSON has it elsewhere.
std::vector<std::string> led_by(std::string_view first, std::vector<std::string> rest);

/// Writes the members of a JSON object, without the braces.
void write_members(json_writer& json, std::span<field const> record);

/// Writes {...}.
void write_object(json_writer& json, std::span<field const> record);

/// Writes the member `name`: [{...}, ...], with an object for each record.
template <typename Records, typename Fields>
void write_objects(json_writer& json, std::string_view name, Records const& records, Fields const& fields_of) {
  json.key(name).begin_array();
  for (auto const& each : records) write_object(json, fields_of(each));
  json.end_array();
}

}  // namespace cachetool::report
