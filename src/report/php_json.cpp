#include <cmath>

#include "php/array_keys.hpp"
#include "report/json_parts.hpp"
#include "report/utf8.hpp"
#include "report/value_text.hpp"

/// The format of php-src ext/json/json_encoder.c without any flag.
namespace cachetool::report {
namespace {

constexpr int max_depth = 512;

std::string escaped(char32_t code) {
  switch (code) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '/':
      return "\\/";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  if (code >= 0x20 && code < 0x80) return std::string(1, static_cast<char>(code));
  if (code < 0x10000) return unicode_escape(code);
  code -= 0x10000;
  return unicode_escape(0xD800 + (code >> 10U)) + unicode_escape(0xDC00 + (code & 0x3FFU));
}

std::string float_text(double number) {
  std::string text = php_float_exact(number);
  if (std::size_t const exponent = text.find('E'); exponent != text.npos) text[exponent] = 'e';
  return text;
}

class encoder {
 public:
  /// Appends a value; false if JSON cannot express it.
  bool add(php::value const& what, int depth);

  std::string text;

 private:
  bool add_string(std::string_view string);
  bool add_list(std::span<php::entry const> entries, int depth);
  bool add_object(std::span<php::entry const> members, int depth);
};

bool encoder::add_string(std::string_view string) {
  text += '"';
  while (!string.empty()) {
    character const next = first_character(string);
    if (!next.valid) return false;
    text += escaped(next.code);
    string.remove_prefix(next.length);
  }
  text += '"';
  return true;
}

bool encoder::add_list(std::span<php::entry const> entries, int depth) {
  text += '[';
  for (php::entry const& each : entries) {
    if (&each != entries.data()) text += ',';
    if (!add(each.item, depth)) return false;
  }
  text += ']';
  return true;
}

bool encoder::add_object(std::span<php::entry const> members, int depth) {
  char before = '{';
  for (php::entry const& each : members) {
    auto const* const number = std::get_if<std::int64_t>(&each.key);
    std::string const name = number != nullptr ? std::to_string(*number) : *std::get_if<std::string>(&each.key);
    if (name.starts_with('\0')) continue;  // private or protected
    text += std::exchange(before, ',');
    if (!add_string(name)) return false;
    text += ':';
    if (!add(each.item, depth)) return false;
  }
  text += before == '{' ? "{}" : "}";
  return true;
}

bool encoder::add(php::value const& what, int depth) {
  using type = php::value::type;
  switch (what.kind()) {
    case type::null:
      text += "null";
      return true;
    case type::boolean:
      text += what.as_bool() ? "true" : "false";
      return true;
    case type::integer:
      text += std::to_string(what.as_int());
      return true;
    case type::floating:
      text += float_text(what.as_double());
      return std::isfinite(what.as_double());
    case type::string:
      return add_string(what.as_string());
    case type::array:
      if (depth == max_depth) return false;
      return php::is_list(what.entries()) ? add_list(what.entries(), depth + 1) : add_object(what.entries(), depth + 1);
    case type::object:
      return depth < max_depth && add_object(what.if_object()->properties.entries, depth + 1);
    case type::custom_object:
      text += "{}";
      return true;
    case type::enum_case:  // PHP 8.1 and later, which always have json_encode()
    case type::recursion:
      return false;
  }
  return false;
}

}  // namespace

std::optional<std::string> php_json(php::value const& what) {
  encoder made;
  if (!made.add(what, 0)) return std::nullopt;
  return std::move(made.text);
}

}  // namespace cachetool::report
