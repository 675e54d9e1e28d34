#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <cachetool/php/value.hpp>

/// Values as the text that CacheTool 10 prints for them. Pure functions.
namespace cachetool::report {

/// "616 b", "1.19 KiB", "17.5 MiB", up to TiB: two decimals, rounded half away from zero as by PHP's round(), without
/// trailing zeros. Negative numbers count as 0.
std::string bytes(double count);

/// A Unix time in RFC 2822 form, UTC: "Sun, 22 Nov 2026 23:46:01 +0000". Outside the years 0 to 9999 just the number.
std::string date(std::int64_t unix_time);

/// "Yes", "No"
std::string yes_no(bool b);

/// With commas between thousands, as PHP's number_format() writes it: "1,234,567".
std::string grouped(std::int64_t number);

/// A float as PHP 8 echoes it with precision=14: "26.315789473684", "0", "1.0E+25", "-0", "INF", "NAN".
std::string php_float(double number);

/// A float as PHP's var_export() and json_encode() write it with serialize_precision=-1: the shortest text that reads
/// back as the same number, "0.05", "1.0E+25". var_export() adds ".0" to a whole number; var_export() below does that.
std::string php_float_exact(double number);

/// A value as a string, as PHP 8 converts it for echo: true "1", false and null "", arrays "Array". Objects, for which
/// PHP would run code or throw, become "Object".
std::string php_string(php::value const& what);

/// What PHP 8's var_export($what, true) returns, byte for byte, for every kind of value. Objects have the form
/// `\Class::__set_state(array(...))`, stdClass `(object) array(...)`, enum cases `\Suit::Hearts`; recursion is NULL.
/// The properties of an object that implements Serializable are unknown, so none are written.
std::string var_export(php::value const& what);

/// Turns the text of a var_export() of PHP 7.3 to 8.1 into that of PHP 8.2: with a backslash before class names. Leaves
/// the text of newer ones as it is.
std::string modern_var_export(std::string_view text);

/// What PHP's json_encode() returns, byte for byte: slashes and everything outside of ASCII escaped; of an object the
/// public properties. Nothing where it returns false: bytes that are not UTF-8, INF and NAN, recursion, arrays nested
/// deeper than 512.
std::optional<std::string> php_json(php::value const& what);

/// Makes visible what could affect a terminal. C0 controls, DEL and bytes that are not UTF-8 become "\n", "\r", "\t",
/// "\e" or "\x07"; C1 controls and those that change the direction of text become "\u{9B}", "\u{202E}". Everything else
/// stays as it is, also a backslash, and the controls in `keep`: "\n".
std::string escape_controls(std::string_view text, std::string_view keep = {});

/// The columns that a text takes on a terminal: two for wide characters, none for combining ones, one for all others
/// and for each byte that is not UTF-8. Meant for the result of escape_controls().
std::size_t display_width(std::string_view text);

/// True if the text is well-formed UTF-8.
bool is_utf8(std::string_view text) noexcept;

}  // namespace cachetool::report
