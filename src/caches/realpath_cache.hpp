#pragma once

/// Operations on the realpath cache of php-fpm's workers, typed: no printing here. The types are in
/// <cachetool/caches.hpp>.

#include <chrono>

#include <cachetool/caches.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::realpath_cache {

/// Of the one worker that answers.
listing read_entries(adapter::adapter& php);
size read_size(adapter::adapter& php);

/// Has each worker that the pool has now empty its cache. Where nobody tells the workers (PHP before 7.3, or
/// fpm_get_status() is disabled, on another machine), one is reached. Returns after PATIENCE at the latest, and what is
/// missing then is in the report. Throws error if none answers.
clear_report clear(adapter::adapter& php, std::chrono::milliseconds patience);

}  // namespace cachetool::realpath_cache
