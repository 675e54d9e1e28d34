#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

#include "fpm/processes.hpp"

namespace cachetool::fpm {

/// Returns the workers of a php-fpm master whose running requests use OPcache: PHP restarts the cache only when there
/// are none. Nothing if unknown: only root can tell, and not if the master is in another pid namespace. Source: each
/// such request holds a read lock on byte 1 of the master's deleted file .ZendSem.XXXXXX, or memfd:opcache_lock
/// (php-src ext/opcache/ZendAccelerator.c, zend_shared_alloc.c); proc(5), /proc/locks, which names processes only to
/// root.
std::optional<std::vector<worker>> lock_holders(proc const& processes, pid_t master);

}  // namespace cachetool::fpm
