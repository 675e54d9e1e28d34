#pragma once

#include <cstdint>
#include <string>

namespace cachetool {

/// What php-fpm answered with.
struct origin {
  std::string pool;         ///< empty where PHP does not tell
  std::string php_version;  ///< "8.2.36"
  std::int64_t pid = 0;     ///< of the worker
};

}  // namespace cachetool
