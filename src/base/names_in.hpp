#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace cachetool::base {

/// The names in a directory that is held open, without "." and "..", in no order: MOST of them at most, because who may
/// write the directory may have filled it. None if it cannot be read.
std::vector<std::string> names_in(int directory, std::size_t most = 10'000);

}  // namespace cachetool::base
