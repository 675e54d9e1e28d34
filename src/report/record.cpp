#include "report/record.hpp"

#include "report/csv.hpp"

namespace cachetool::report {
namespace {

void write_value(json_writer& json, field_value const& value) {
  struct writer {
    json_writer& json;
    void operator()(std::monostate) const { json.null(); }
    void operator()(bool what) const { json.boolean(what); }
    void operator()(std::int64_t what) const { json.integer(what); }
    void operator()(double what) const { json.floating(what); }
    void operator()(std::string_view what) const { json.string(what); }
    void operator()(php::value const* what) const { json.value(*what); }
    void operator()(std::vector<std::string> const* what) const {
      json.begin_array();
      for (std::string const& each : *what) json.string(each);
      json.end_array();
    }
    void operator()(std::vector<std::int64_t> const* what) const {
      json.begin_array();
      for (std::int64_t const each : *what) json.integer(each);
      json.end_array();
    }
  };
  std::visit(writer{json}, value);
}

std::string text(field_value const& value) {
  struct teller {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool what) const { return what ? "true" : "false"; }
    std::string operator()(std::int64_t what) const { return std::to_string(what); }
    std::string operator()(double what) const { return csv_field(php::value(what)); }
    std::string operator()(std::string_view what) const { return std::string(what); }
    std::string operator()(php::value const* what) const { return csv_field(*what); }
    std::string operator()(std::vector<std::string> const*) const { return {}; }
    std::string operator()(std::vector<std::int64_t> const*) const { return {}; }
  };
  return std::visit(teller{}, value);
}

}  // namespace

field_value maybe(std::optional<std::int64_t> number) noexcept {
  return number ? field_value(*number) : field_value();
}

field_value unless_empty(std::string_view text) noexcept {
  return text.empty() ? field_value() : field_value(text);
}

field_value unless_zero(std::int64_t number) noexcept {
  return number == 0 ? field_value() : field_value(number);
}

std::vector<std::string> names(std::span<field const> record) {
  std::vector<std::string> out;
  out.reserve(record.size());
  for (field const& each : record) out.emplace_back(each.name);
  return out;
}

std::vector<std::string> texts(std::span<field const> record) {
  std::vector<std::string> out;
  out.reserve(record.size() + 1);  // the endpoint comes in front
  for (field const& each : record) out.push_back(text(each.value));
  return out;
}

std::vector<std::string> led_by(std::string_view first, std::vector<std::string> rest) {
  rest.emplace(rest.begin(), first);
  return rest;
}

void write_members(json_writer& json, std::span<field const> record) {
  std::string_view open;  // the part whose object is open
  for (field const& each : record) {
    std::size_t const dot = each.name.find('.');
    std::string_view const part = dot == each.name.npos ? std::string_view() : each.name.substr(0, dot);
    if (part != open) {
      if (!open.empty()) json.end_object();
      if (!part.empty()) json.key(part).begin_object();
      open = part;
    }
    json.key(part.empty() ? each.name : each.name.substr(dot + 1));
    write_value(json, each.value);
  }
  if (!open.empty()) json.end_object();
}

void write_object(json_writer& json, std::span<field const> record) {
  json.begin_object();
  write_members(json, record);
  json.end_object();
}

}  // namespace cachetool::report
