// What unserialize() reads, serialize() writes so that it is read again and written the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <cachetool/php/value.hpp>

namespace php = cachetool::php;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  php::unserialize_limits limits;
  limits.max_values = 100'000;  // shared parts are written out each time
  limits.max_text = 10'000'000;
  auto const first = php::unserialize({reinterpret_cast<char const*>(data), size}, limits);
  if (!first) {
    if (first.failure().offset > size || first.failure().reason.empty()) std::abort();
    return 0;
  }
  std::string const text = php::serialize(*first);
  auto const second = php::unserialize(text, limits);
  if (!second || php::serialize(*second) != text) std::abort();
  return 0;
}
