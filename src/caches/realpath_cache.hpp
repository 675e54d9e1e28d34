#pragma once

/// Operations on the realpath cache of php-fpm's workers, typed; they print nothing. The public types are in
/// <cachetool/realpath_cache.hpp>.

#include <chrono>

#include <cachetool/error.hpp>
#include <cachetool/origin.hpp>
#include <cachetool/realpath_cache.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::realpath_cache {

/// One path that a worker remembers.
struct entry {
  std::string path;
  php::value key;  ///< an integer, or a float if PHP has no integer for it
  bool is_directory = false;
  std::string realpath;
  std::int64_t expires = 0;  ///< Unix time
};

/// realpath_cache_get() of one worker.
struct listing {
  origin from;
  std::vector<entry> entries;
};

/// realpath_cache_size() of one worker.
struct size {
  origin from;
  std::int64_t bytes = 0;
};

/// Of whichever worker answers.
listing read_entries(adapter::adapter& php);
size read_size(adapter::adapter& php);

/// Has each worker that the pool has now empty its cache. If nobody can tell the workers (on another machine, with PHP
/// before 7.3 or fpm_get_status() disabled), one worker is reached. Returns after `patience` at the latest; the report
/// names the workers that are missing then. Throws error if none answers.
clear_report clear(adapter::adapter& php, std::chrono::milliseconds patience);

}  // namespace cachetool::realpath_cache
