#pragma once

#include <cstdint>
#include <string>

namespace cachetool::base {

/// A size for a sentence: "12.3 MiB".
std::string mebibytes(std::int64_t bytes);

}  // namespace cachetool::base
