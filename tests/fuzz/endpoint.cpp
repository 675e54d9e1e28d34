// What parse() accepts has a text() that is read again as the same endpoint.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

using cachetool::fastcgi::endpoint;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  try {
    auto const where = endpoint::parse(text);
    if (endpoint::parse(where.text()) != where) std::abort();
  } catch (cachetool::error const& e) {
    if (e.kind() != cachetool::error_kind::usage) std::abort();
  }
  return 0;
}
