#pragma once

/// OPcache operations on any adapter, typed; they print nothing. The public types are in <cachetool/opcache.hpp>.

#include <functional>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::opcache {

/// What OPcache's file cache holds, and what was done about it.
struct file_cache_report {
  struct left_file {
    std::string path;
    std::optional<std::int64_t> owner;  ///< a user id
    std::string why;                    ///< "Permission denied"
  };
  origin from;
  std::string directory;        ///< opcache.file_cache
  std::int64_t deleted = 0;     ///< files
  std::vector<left_file> left;  ///< files that could not be deleted
};

status read_status(adapter::adapter& php);
configuration read_configuration(adapter::adapter& php);

/// Throws error: usage if PHP cannot compile the regular expression, pending while a restart is pending, opcache_off if
/// the cache is off.
status read_scripts(adapter::adapter& php, script_query const& query, std::function<void(script const&)> const& each);

/// See pool::opcache_compile(). All adapters in `php` lead to one php-fpm; each sends its own requests, at the same
/// time.
compile_report compile(std::vector<adapter::adapter*> const& php, std::vector<script_file> const& files,
                       compile_options const& options);

/// Throws what read_scripts() throws.
invalidate_report invalidate(adapter::adapter& php, invalidate_query const& query);

/// Looks for the file cache, or empties it. Throws error (not_found) if there is none, or if its directory holds
/// anything that OPcache did not put there.
file_cache_report find_file_cache(adapter::adapter& php);
file_cache_report reset_file_cache(adapter::adapter& php);

}  // namespace cachetool::opcache
