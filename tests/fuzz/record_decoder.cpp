// Records decode alike in one go and byte by byte, whatever the bytes are.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <cachetool/fastcgi/protocol.hpp>

using namespace cachetool::fastcgi;

namespace {

/// Takes all records of PIECE and notes each in OUT. False once the stream is not FastCGI.
bool feed(record_decoder& decoder, std::string_view piece, std::string& out) {
  record next{};
  decode_status status{};
  while ((status = decoder.next(piece, next)) == decode_status::complete) {
    end_request end;
    out += std::to_string(static_cast<int>(next.type)) + "/" + std::to_string(next.request_id) + "/" +
           std::to_string(decode_end_request(next.content, end)) + std::to_string(end.app_status) + ":";
    out.append(next.content).append(";");
    if (!decoder.at_boundary()) std::abort();
  }
  if (status == decode_status::need_more && !piece.empty()) std::abort();
  return status == decode_status::need_more;
}

std::string decoded(std::string_view bytes, std::size_t piece_size) {
  std::string out;
  record_decoder decoder;
  bool is_fastcgi = true;
  while (is_fastcgi && !bytes.empty()) {
    auto const piece = bytes.substr(0, piece_size);
    bytes.remove_prefix(piece.size());
    is_fastcgi = feed(decoder, piece, out);
  }
  return out + (is_fastcgi ? "" : "not FastCGI") + (decoder.at_boundary() ? "" : "torn");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const bytes(reinterpret_cast<char const*>(data), size);
  if (decoded(bytes, size + 1) != decoded(bytes, 1)) std::abort();
  return 0;
}
