#include "report/csv.hpp"
#include "report/json.hpp"

#include <cassert>

namespace cachetool::report {
namespace {

constexpr std::size_t csv_buffer_size = 32 * 1024;

bool needs_quotes(std::string_view field) noexcept {
  return field.starts_with(' ') || field.ends_with(' ') || field.find_first_of(",\"\r\n") != field.npos;
}

void append_field(std::string& out, std::string_view field) {
  if (!needs_quotes(field)) {
    out += field;
    return;
  }
  out += '"';
  for (char const c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

csv_writer::csv_writer(text_sink out, std::vector<std::string> const& header)
    : csv_writer(std::move(out), header.size()) {
  row(header);
}

void csv_writer::row(std::vector<std::string> const& fields) {
  assert(fields.size() == columns_);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) buffer_ += ',';
    append_field(buffer_, fields[i]);
  }
  buffer_ += '\n';
  if (buffer_.size() >= csv_buffer_size) flush();
}

void csv_writer::flush() {
  if (!buffer_.empty()) out_(buffer_);
  buffer_.clear();
}

std::string csv_field(php::value const& what) {
  if (what.is_null()) return {};
  if (what.is_string()) return std::string(what.as_string());
  std::string text;
  json_writer writer([&text](std::string_view part) { text += part; });
  writer.value(what).flush();
  return text;
}

}  // namespace cachetool::report
