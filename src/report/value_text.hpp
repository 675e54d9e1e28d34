#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <cachetool/php/value.hpp>

/// Values as the text that CacheTool 10 prints for them. Pure functions.
namespace cachetool::report {

/// "616 b", "1.19 KiB", "17.5 MiB", up to TiB: two decimals, rounded half away from zero as PHP's round() does,
/// trailing zeros dropped. Below zero is 0.
std::string bytes(double count);

/// A Unix time in RFC 2822 form, UTC: "Sun, 22 Nov 2026 23:46:01 +0000". Outside the years 0 to 9999 the bare number.
std::string date(std::int64_t unix_time);

/// Thousands separated by commas, as PHP's number_format(): "1,234,567".
std::string grouped(std::int64_t number);

/// A float as PHP 8 echoes it with precision=14: "26.315789473684", "0", "1.0E+25", "-0", "INF", "NAN".
std::string php_float(double number);

/// A float as PHP's var_export() and json_encode() write it with serialize_precision=-1: the shortest text that reads
/// back equal, "0.05", "1.0E+25". var_export() adds ".0" to a whole number; that is done by var_export() below.
std::string php_float_exact(double number);

/// A value converted to string as PHP 8 does for echo: true "1", false and null "", arrays "Array". Objects, for
/// which PHP would run code or throw, are "Object".
std::string php_string(php::value const& what);

/// What PHP 8's var_export($what, true) returns, byte for byte, for every kind of value. Objects are in the form
/// `\Class::__set_state(array(...))`, stdClass in `(object) array(...)`, enum cases in `\Suit::Hearts`, recursion as
/// NULL. Of an object that implements Serializable no properties are known, so none are written.
std::string var_export(php::value const& what);

/// What a var_export() of PHP 7.3 to 8.1 returned, as PHP 8.2 would have: with a backslash before names of classes.
/// What newer ones return comes back as it is.
std::string modern_var_export(std::string_view text);

/// What PHP's json_encode() returns, byte for byte: slashes and everything that is not ASCII escaped; of an object the
/// public properties. Nothing where it returns false: bytes that are not UTF-8, INF and NAN, recursion, arrays nested
/// deeper than 512.
std::optional<std::string> php_json(php::value const& what);

/// TEXT with what could take hold of a terminal made visible: C0 controls, DEL and bytes that are not UTF-8 as "\n",
/// "\r",
/// "\t", "\e" or "\x07"; C1 controls and those that change the direction of text as "\u{9B}", "\u{202E}".
/// Text without them comes back as it is; a backslash stays as it is. The controls in KEEP stay, too: "\n".
std::string escape_controls(std::string_view text, std::string_view keep = {});

/// Columns that TEXT takes on a terminal: wide characters two, combining ones none, all others one; text
/// that is not UTF-8 one a byte. Meant for what escape_controls() gave.
std::size_t display_width(std::string_view text);

/// True if TEXT is well-formed UTF-8.
bool is_utf8(std::string_view text) noexcept;

}  // namespace cachetool::report
