#include "base/mebibytes.hpp"

#include <array>
#include <cstdio>

namespace cachetool::base {

std::string mebibytes(std::int64_t bytes) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f MiB", static_cast<double>(bytes) / (1 << 20));
  return text.data();
}

}  // namespace cachetool::base
