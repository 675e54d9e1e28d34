#include <cachetool/error.hpp>
#include <cachetool/fastcgi/protocol.hpp>

#include "base/text.hpp"

namespace cachetool::fastcgi {

namespace {

constexpr std::uint8_t keep_connection_flag = 1;
constexpr std::size_t quoted_of_name = 60;

/// Appends the low `count` bytes of the value, the most significant one first.
void append_bytes(std::string& out, std::uint64_t value, int count) {
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 0xff);
}

/// The content must not be longer than max_record_content.
void append_record(std::string& out, record_type type, std::uint16_t request_id, std::string_view content) {
  append_bytes(out, protocol_version, 1);
  append_bytes(out, static_cast<std::uint8_t>(type), 1);
  append_bytes(out, request_id, 2);
  append_bytes(out, content.size(), 2);
  append_bytes(out, 0, 2);  // no padding, and a reserved byte
  out += content;
}

std::size_t length_size(std::string_view text) {
  return text.size() < 128 ? 1 : 4;
}

/// Specification, section 3.4: one byte below 128, else four bytes with the highest bit set.
void append_length(std::string& out, std::string_view text) {
  if (length_size(text) == 1) return append_bytes(out, text.size(), 1);
  append_bytes(out, text.size() | 0x80000000U, 4);
}

}  // namespace

void append_begin_request(std::string& out, std::uint16_t request_id, role wanted, bool keep_connection) {
  std::string content;
  append_bytes(content, static_cast<std::uint16_t>(wanted), 2);
  append_bytes(content, keep_connection ? keep_connection_flag : 0, 1);
  append_bytes(content, 0, 5);
  append_record(out, record_type::begin_request, request_id, content);
}

void params_writer::add(std::string_view name, std::string_view value) {
  // Each part is checked before they are added up, so that the sum cannot overflow.
  bool const fits = name.size() <= max_record_content && value.size() <= max_record_content &&
                    length_size(name) + length_size(value) + name.size() + value.size() <= max_record_content;
  if (!fits) {
    throw error(error_kind::usage, "the FastCGI parameter " + base::printable(name, quoted_of_name) + " of " +
                                       std::to_string(value.size()) + " bytes is too long for a record of " +
                                       std::to_string(max_record_content))
        .advise("send long values in the body");
  }
  std::size_t const size = length_size(name) + length_size(value) + name.size() + value.size();
  if (pending_.size() + size > max_record_content) flush();
  append_length(pending_, name);
  append_length(pending_, value);
  pending_ += name;
  pending_ += value;
}

void params_writer::finish() {
  flush();
  append_stream_end(out_, record_type::params, request_id_);
}

void params_writer::flush() {
  append_stream(out_, record_type::params, request_id_, pending_);
  pending_.clear();
}

void append_stream(std::string& out, record_type type, std::uint16_t request_id, std::string_view data) {
  while (!data.empty()) {
    auto const part = data.substr(0, max_record_content);
    append_record(out, type, request_id, part);
    data.remove_prefix(part.size());
  }
}

void append_stream_end(std::string& out, record_type type, std::uint16_t request_id) {
  append_record(out, type, request_id, {});
}

}  // namespace cachetool::fastcgi
