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

/// Asks again and again until each worker that the pool had at first has answered, or has ended. Where PHP does not
/// tell the workers (before 7.3, or fpm_get_status() is disabled), one is reached. Returns after PATIENCE at the
/// latest, and what is missing then is in the report. Throws error when the first request fails.
clear_report clear(adapter::adapter& php, std::chrono::milliseconds patience);

}  // namespace cachetool::realpath_cache
