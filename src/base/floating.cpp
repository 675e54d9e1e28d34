#include "base/floating.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace cachetool::base {

#if defined(__cpp_lib_to_chars)

bool read_double(std::string_view text, double& into) noexcept {
  auto const [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), into);
  return failed == std::errc() && stop == text.data() + text.size();
}

#else

// libc++ reads whole numbers alone before its version 20. It is used with musl, where every locale has a point.
bool read_double(std::string_view text, double& into) noexcept {
  std::array<char, 512> copy{};
  bool const is_plain = text.find_first_not_of("0123456789.eE+-") == std::string_view::npos && !text.starts_with('+');
  if (text.empty() || !is_plain || text.size() >= copy.size()) return false;
  text.copy(copy.data(), text.size());
  char* stop = nullptr;
  double const number = std::strtod(copy.data(), &stop);
  if (stop != copy.data() + text.size() || std::isinf(number)) return false;
  into = number;
  return true;
}

#endif

}  // namespace cachetool::base
