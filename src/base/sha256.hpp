#pragma once

#include <string>
#include <string_view>

namespace cachetool::base {

/// The SHA-256 of the data as 64 hex digits (FIPS 180-4).
std::string sha256(std::string_view data);

}  // namespace cachetool::base
