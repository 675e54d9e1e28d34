#pragma once

/// Who answered: every report of a pool begins with this.
///
///     std::cout << report.from.pool << ", PHP " << report.from.php_version << '\n';

#include <cstdint>
#include <string>

namespace cachetool {

/// The worker that ran the call. The next call may be run by another one of the same pool. Where one call took several
/// requests, it is one of those that answered. Plain data that owns its memory.
struct origin {
  /// The pool's name in php-fpm's configuration, from the title of the worker's process. Empty where PHP may not look
  /// there: no /proc, or open_basedir keeps it away.
  std::string pool;
  std::string php_version;  ///< PHP_VERSION of the worker: "8.2.36"
  std::int64_t pid = 0;     ///< the worker's, as it sees it itself: in a container another than you see
};

}  // namespace cachetool
