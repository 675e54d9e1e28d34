#include <limits>

#include "report/value_text.hpp"

/// The layout of php-src ext/standard/var.c, php_var_export_ex().
namespace cachetool::report {
namespace {

std::string single_quoted(std::string_view text, std::string_view nul) {
  std::string out = "'";
  for (char const c : text) {
    if (c == '\0') {
      out += nul;
      continue;
    }
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out += '\'';
}

std::string exported_string(std::string_view text) {
  return single_quoted(text, R"(' . "\0" . ')");
}

std::string exported_integer(std::int64_t number) {
  // In PHP source, -9223372036854775808 would be a float.
  if (number == std::numeric_limits<std::int64_t>::min()) return "-9223372036854775807-1";
  return std::to_string(number);
}

std::string exported_float(double number) {
  std::string text = php_float_exact(number);
  bool const whole = text.find_first_not_of("-0123456789") == text.npos;
  return whole ? text + ".0" : text;
}

std::string array_key(php::key const& key) {
  if (auto const* number = std::get_if<std::int64_t>(&key)) return std::to_string(*number);
  return exported_string(*std::get_if<std::string>(&key));
}

// Private and protected properties are "\0Class\0name" and "\0*\0name".
std::string property_name(php::key const& key) {
  if (auto const* number = std::get_if<std::int64_t>(&key)) return std::to_string(*number);
  std::string_view name = *std::get_if<std::string>(&key);
  if (name.size() > 2 && name[0] == '\0') {
    std::size_t const end_of_class = name.find('\0', 1);
    if (end_of_class != name.npos) name.remove_prefix(end_of_class + 1);
  }
  return single_quoted(name, std::string_view("\0", 1));
}

class exporter {
 public:
  /// Appends a value, `indent` columns deep. A value of several lines starts on a new line, unless it is the outermost.
  void add(php::value const& what, std::size_t indent);

  std::string text;

 private:
  void add_array(php::value const& what, std::size_t indent);
  void add_object(std::string_view class_name, std::span<php::entry const> properties, std::size_t indent);
  void add_entry(std::size_t spaces, std::string const& name, php::value const& item, std::size_t indent) {
    text.append(spaces, ' ').append(name).append(" => ");
    add(item, indent + 2);
    text += ",\n";
  }
  void start_line(std::size_t indent) {
    if (indent > 0) text.append(1, '\n').append(indent, ' ');
  }
};

void exporter::add_array(php::value const& what, std::size_t indent) {
  start_line(indent);
  text += "array (\n";
  for (php::entry const& each : what.entries()) add_entry(indent + 2, array_key(each.key), each.item, indent);
  text.append(indent, ' ').append(")");
}

void exporter::add_object(std::string_view class_name, std::span<php::entry const> properties, std::size_t indent) {
  bool const is_std_class = class_name == "stdClass";
  start_line(indent);
  if (is_std_class) {
    text += "(object) array(\n";
  } else {
    text.append("\\").append(class_name).append("::__set_state(array(\n");
  }
  for (php::entry const& each : properties) add_entry(indent + 3, property_name(each.key), each.item, indent);
  text.append(indent, ' ').append(is_std_class ? ")" : "))");
}

void exporter::add(php::value const& what, std::size_t indent) {
  using type = php::value::type;
  switch (what.kind()) {
    case type::null:
    case type::recursion:
      text += "NULL";
      break;
    case type::boolean:
      text += what.as_bool() ? "true" : "false";
      break;
    case type::integer:
      text += exported_integer(what.as_int());
      break;
    case type::floating:
      text += exported_float(what.as_double());
      break;
    case type::string:
      text += exported_string(what.as_string());
      break;
    case type::array:
      add_array(what, indent);
      break;
    case type::object:
      add_object(what.if_object()->class_name, what.if_object()->properties.entries, indent);
      break;
    case type::custom_object:
      add_object(what.if_custom_object()->class_name, {}, indent);
      break;
    case type::enum_case:
      start_line(indent);
      text.append("\\").append(what.if_enum_case()->class_name).append("::").append(what.if_enum_case()->case_name);
      break;
  }
}

bool is_name_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '\\' || c < 0;
}

// The length of the quoted string at the beginning of the text.
std::size_t quoted_length(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '\'') {
      return at + 1;
    }
  }
  return text.size();
}

}  // namespace

std::string modern_var_export(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = 1;
    if (text.front() == '\'') {
      length = quoted_length(text);
    } else if (is_name_byte(text.front())) {
      while (length < text.size() && is_name_byte(text[length])) ++length;
      bool const is_class = text.substr(length).starts_with("::__set_state(array(");
      if (is_class && text.front() != '\\') out += '\\';
    }
    out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return out;
}

std::string var_export(php::value const& what) {
  exporter made;
  made.add(what, 0);
  return std::move(made.text);
}

}  // namespace cachetool::report
