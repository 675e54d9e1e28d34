#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace cachetool::base {

/// The names in an open directory, without "." and "..", in any order. At most `most`, because somebody who may write
/// to the directory may have filled it. Empty if it cannot be read.
std::vector<std::string> names_in(int directory, std::size_t most = 10'000);

}  // namespace cachetool::base
