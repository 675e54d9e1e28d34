#include <cachetool/php/value.hpp>

#include "php/float_text.hpp"

namespace cachetool::php {
namespace {

void append_string(std::string& out, std::string_view text) {
  out.append(std::to_string(text.size())).append(":\"").append(text).append("\"");
}

void append_key(std::string& out, key const& k) {
  if (auto const* number = std::get_if<std::int64_t>(&k)) {
    out.append("i:").append(std::to_string(*number)).append(";");
  } else {
    out.append("s:");
    append_string(out, *std::get_if<std::string>(&k));
    out.append(";");
  }
}

void append_value(std::string& out, value const& what);

void append_entries(std::string& out, std::span<entry const> entries) {
  out.append(std::to_string(entries.size())).append(":{");
  for (entry const& each : entries) {
    append_key(out, each.key);
    append_value(out, each.item);
  }
  out.append("}");
}

void append_object(std::string& out, object const& what) {
  out.append("O:");
  append_string(out, what.class_name);
  out.append(":");
  append_entries(out, what.properties.entries);
}

void append_custom_object(std::string& out, custom_object const& what) {
  out.append("C:");
  append_string(out, what.class_name);
  out.append(":").append(std::to_string(what.data.size())).append(":{").append(what.data).append("}");
}

void append_value(std::string& out, value const& what) {
  switch (what.kind()) {
    case value::type::null:
    case value::type::recursion:
      out.append("N;");
      break;
    case value::type::boolean:
      out.append(what.as_bool() ? "b:1;" : "b:0;");
      break;
    case value::type::integer:
      out.append("i:").append(std::to_string(what.as_int())).append(";");
      break;
    case value::type::floating:
      out.append("d:").append(float_text(what.as_double())).append(";");
      break;
    case value::type::string:
      out.append("s:");
      append_string(out, what.as_string());
      out.append(";");
      break;
    case value::type::array:
      out.append("a:");
      append_entries(out, what.entries());
      break;
    case value::type::object:
      append_object(out, *what.if_object());
      break;
    case value::type::custom_object:
      append_custom_object(out, *what.if_custom_object());
      break;
    case value::type::enum_case:
      out.append("E:");
      append_string(out, what.if_enum_case()->class_name + ':' + what.if_enum_case()->case_name);
      out.append(";");
      break;
  }
}

}  // namespace

std::string serialize(value const& what) {
  std::string out;
  append_value(out, what);
  return out;
}

}  // namespace cachetool::php
