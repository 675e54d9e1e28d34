#include <algorithm>

#include <cachetool/fastcgi/protocol.hpp>

namespace cachetool::fastcgi {

namespace {

/// The `count` bytes from `position` on as a number, the most significant byte first.
std::uint32_t number_at(std::string_view bytes, std::size_t position, std::size_t count) {
  std::uint32_t out = 0;
  for (char const c : bytes.substr(position, count)) out = (out << 8) | static_cast<unsigned char>(c);
  return out;
}

}  // namespace

bool decode_end_request(std::string_view content, end_request& out) noexcept {
  if (content.size() < 8) return false;
  out.app_status = number_at(content, 0, 4);
  out.status = static_cast<protocol_status>(number_at(content, 4, 1));
  return true;
}

decode_status record_decoder::next(std::string_view& input, record& out) {
  if (complete_) buffer_.clear();
  complete_ = false;
  if (buffer_.empty() && !input.empty() && number_at(input, 0, 1) != protocol_version)
    return decode_status::not_fastcgi;
  if (!fill(input, record_header_size)) return decode_status::need_more;

  std::size_t const content_size = number_at(buffer_, 4, 2);
  std::size_t const padding_size = number_at(buffer_, 6, 1);
  if (!fill(input, record_header_size + content_size + padding_size)) return decode_status::need_more;

  out.type = static_cast<record_type>(number_at(buffer_, 1, 1));
  out.request_id = static_cast<std::uint16_t>(number_at(buffer_, 2, 2));
  out.content = std::string_view(buffer_).substr(record_header_size, content_size);
  complete_ = true;
  return decode_status::complete;
}

bool record_decoder::at_boundary() const noexcept {
  return complete_ || buffer_.empty();
}

/// Moves bytes from the input until the buffer has `size` of them. False if there were not enough.
bool record_decoder::fill(std::string_view& input, std::size_t size) {
  auto const part = input.substr(0, size - std::min(size, buffer_.size()));
  buffer_ += part;
  input.remove_prefix(part.size());
  return buffer_.size() >= size;
}

}  // namespace cachetool::fastcgi
