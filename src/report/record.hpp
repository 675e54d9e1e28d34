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

/// What a command shows of one thing, with each field named once: columns, CSV and JSON come from that.
namespace cachetool::report {

/// Nothing, or what a field holds. Texts, lists and PHP values are only looked at: they live as long as what they come
/// from.
using field_value = std::variant<std::monostate, bool, std::int64_t, double, std::string_view, php::value const*,
                                 std::vector<std::string> const*, std::vector<std::int64_t> const*>;

/// A name may have a part before a dot, "memory_usage.used_memory": in JSON those with the same part, which stand
/// together, make an object of that name.
struct field {
  std::string_view name;
  field_value value;
};

field_value maybe(std::optional<std::int64_t> number) noexcept;
field_value unless_empty(std::string_view text) noexcept;
field_value unless_zero(std::int64_t number) noexcept;

/// The names, as they head the columns of CSV.
std::vector<std::string> names(std::span<field const> record);

/// The values as fields of CSV: nothing, "true" and "false", numbers exact, texts byte for byte, anything else as JSON.
/// A list is nothing there: it has rows of its own, or is for JSON alone.
std::vector<std::string> texts(std::span<field const> record);

/// The names and texts with one more in front, for CSV alone: JSON has it elsewhere.
std::vector<std::string> led_by(std::string_view first, std::vector<std::string> rest);

/// The members of an object of JSON, without its braces.
void write_members(json_writer& json, std::span<field const> record);

/// {...}
void write_object(json_writer& json, std::span<field const> record);

/// The member NAME: [{...}, ...], an object for each of RECORDS.
template <typename Records, typename Fields>
void write_objects(json_writer& json, std::string_view name, Records const& records, Fields const& fields_of) {
  json.key(name).begin_array();
  for (auto const& each : records) write_object(json, fields_of(each));
  json.end_array();
}

}  // namespace cachetool::report
