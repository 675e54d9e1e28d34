// A CGI answer gives the same headers and body in one go and byte by byte.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <cachetool/fastcgi/response.hpp>

using namespace cachetool::fastcgi;

namespace {

struct outcome {
  response answer;
  bool failed = false;
};

outcome parsed(std::string_view text, std::size_t piece_size) {
  outcome out;
  cgi_parser parser;
  for (; !text.empty(); text.remove_prefix(std::min(piece_size, text.size()))) {
    out.answer.body += parser.feed(text.substr(0, piece_size), out.answer);
  }
  out.answer.body += parser.finish(out.answer);
  out.failed = parser.failed();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  auto const whole = parsed(text, size + 1);
  auto const pieces = parsed(text, 1);
  bool const same = whole.failed == pieces.failed && whole.answer.status == pieces.answer.status &&
                    whole.answer.status_line == pieces.answer.status_line &&
                    whole.answer.headers == pieces.answer.headers && whole.answer.body == pieces.answer.body;
  if (!same) std::abort();
  return 0;
}
