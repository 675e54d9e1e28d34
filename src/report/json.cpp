#include "report/json.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <cachetool/php/value.hpp>

#include "php/array_keys.hpp"
#include "report/json_parts.hpp"
#include "report/utf8.hpp"
#include "report/value_text.hpp"

namespace cachetool::report {
namespace {

constexpr std::size_t json_buffer_size = 32 * 1024;

std::string json_escaped(character const& what) {
  if (!what.valid) return "\xEF\xBF\xBD";
  switch (what.code) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
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
      return unicode_escape(what.code);
  }
}

bool stands_as_it_is(character const& what) noexcept {
  return what.valid && what.code != '"' && what.code != '\\' && !is_control(what.code);
}

// Writes the text as a string literal, in as few pieces as possible.
template <typename Write>
void quote(std::string_view text, Write const& write) {
  write("\"");
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size()) {
      character const next = first_character(text.substr(run));
      if (!stands_as_it_is(next)) break;
      run += next.length;
    }
    write(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) break;
    character const special = first_character(text);
    write(json_escaped(special));
    text.remove_prefix(special.length);
  }
  write("\"");
}

std::string key_text(php::key const& key) {
  if (auto const* number = std::get_if<std::int64_t>(&key)) return std::to_string(*number);
  return *std::get_if<std::string>(&key);
}

void write_members(json_writer& out, std::span<php::entry const> entries) {
  for (php::entry const& each : entries) out.key(key_text(each.key)).value(each.item);
}

void write_array(json_writer& out, std::span<php::entry const> entries) {
  if (php::is_list(entries)) {
    out.begin_array();
    for (php::entry const& each : entries) out.value(each.item);
    out.end_array();
  } else {
    out.begin_object();
    write_members(out, entries);
    out.end_object();
  }
}

}  // namespace

json_writer::json_writer(text_sink out) : out_(std::move(out)) {}

void json_writer::write(std::string_view text) {
  if (text.size() >= json_buffer_size) {
    flush();
    out_(text);
    return;
  }
  buffer_ += text;
  if (buffer_.size() >= json_buffer_size) flush();
}

void json_writer::flush() {
  if (!buffer_.empty()) out_(buffer_);
  buffer_.clear();
}

// Called before each value, and each key of an object. Writes a comma, unless this is the first one there, or a value
// after its key.
void json_writer::separate() {
  if (open_.empty()) {
    assert(!done_ && "one value at the top");
    done_ = true;
    return;
  }
  level& top = open_.back();
  assert((!top.is_object || after_key_) && "a member of an object needs its key");
  if (!top.is_first && !after_key_) write(",");
  top.is_first = false;
  after_key_ = false;
}

json_writer& json_writer::begin_object() {
  separate();
  open_.push_back({true, true});
  write("{");
  return *this;
}

json_writer& json_writer::end_object() {
  assert(!open_.empty() && open_.back().is_object && !after_key_);
  open_.pop_back();
  write("}");
  return *this;
}

json_writer& json_writer::begin_array() {
  separate();
  open_.push_back({false, true});
  write("[");
  return *this;
}

json_writer& json_writer::end_array() {
  assert(!open_.empty() && !open_.back().is_object);
  open_.pop_back();
  write("]");
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  assert(!open_.empty() && open_.back().is_object && !after_key_);
  if (!open_.back().is_first) write(",");
  open_.back().is_first = false;
  quote(name, [this](std::string_view piece) { write(piece); });
  write(":");
  after_key_ = true;
  return *this;
}

json_writer& json_writer::end_until(std::size_t depth) {
  if (after_key_) null();
  while (open_.size() > depth) {
    if (open_.back().is_object) {
      end_object();
    } else {
      end_array();
    }
  }
  return *this;
}

json_writer& json_writer::null() {
  separate();
  write("null");
  return *this;
}

json_writer& json_writer::boolean(bool b) {
  separate();
  write(b ? "true" : "false");
  return *this;
}

json_writer& json_writer::integer(std::int64_t i) {
  separate();
  write(std::to_string(i));
  return *this;
}

json_writer& json_writer::floating(double d) {
  if (!std::isfinite(d)) return string(php_float_exact(d));
  separate();
  write(php_float_exact(d));
  return *this;
}

json_writer& json_writer::string(std::string_view text) {
  if (!is_utf8(text)) {
    begin_object().key("base64");
    separate();
    write_base64(text);
    return end_object();
  }
  separate();
  quote(text, [this](std::string_view piece) { write(piece); });
  return *this;
}

void json_writer::write_base64(std::string_view bytes) {
  write("\"");
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    write(base64_group(bytes.substr(0, 3)));
  }
  write("\"");
}

json_writer& json_writer::value(php::value const& what) {
  using type = php::value::type;
  switch (what.kind()) {
    case type::null:
    case type::recursion:
      return null();
    case type::boolean:
      return boolean(what.as_bool());
    case type::integer:
      return integer(what.as_int());
    case type::floating:
      return floating(what.as_double());
    case type::string:
      return string(what.as_string());
    case type::array:
      write_array(*this, what.entries());
      return *this;
    case type::object:
      begin_object().key("__class").string(what.if_object()->class_name);
      write_members(*this, what.if_object()->properties.entries);
      return end_object();
    case type::custom_object:
      begin_object().key("__class").string(what.if_custom_object()->class_name);
      return key("__data").string(what.if_custom_object()->data).end_object();
    case type::enum_case:
      begin_object().key("__class").string(what.if_enum_case()->class_name);
      return key("__case").string(what.if_enum_case()->case_name).end_object();
  }
  return *this;
}

std::string json_quote(std::string_view text) {
  std::string out;
  quote(text, [&out](std::string_view piece) { out += piece; });
  return out;
}

}  // namespace cachetool::report
