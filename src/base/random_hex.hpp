#pragma once

#include <string>

namespace cachetool::base {

/// 128 random bits as 32 hex digits: a nonce, or a file name that nobody can guess. Throws error (no_resources) if the
/// kernel has none to give.
std::string random_hex();

}  // namespace cachetool::base
