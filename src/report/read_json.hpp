#pragma once

#include <optional>
#include <string_view>

#include <cachetool/php/value.hpp>

namespace cachetool::report {

/// Reads a JSON text (RFC 8259), as a PHP value: an object is an array with names for keys. Nothing if it is not JSON,
/// or nests deeper than 16 levels: this is for files that the program has written itself. A number is an integer if it
/// is written as one and fits, else a float.
std::optional<php::value> read_json(std::string_view text);

}  // namespace cachetool::report
