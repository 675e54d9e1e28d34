#pragma once

#include <optional>
#include <string>

namespace cachetool::cli {

/// Which of the php-fpm that were found are meant: --all, --pool, --php.
struct narrowing {
  bool all = false;
  std::optional<std::string> pool;
  std::optional<std::string> php;  ///< "8.2", or more of a version
};

}  // namespace cachetool::cli
