#include "base/random_hex.hpp"

#include <sys/random.h>

#include <array>
#include <string_view>

#include <cachetool/error.hpp>

namespace cachetool::base {

std::string random_hex() {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw error(error_kind::no_resources, "the system gives this program no random numbers")
        .advise("try again; a sandbox that this runs in has to allow getrandom()");
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned char byte : bytes) {
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

}  // namespace cachetool::base
