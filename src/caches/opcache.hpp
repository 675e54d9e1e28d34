#pragma once

/// OPcache operations on any adapter, typed: no printing here. The types are in <cachetool/caches.hpp>.

#include <chrono>
#include <functional>
#include <string>

#include <cachetool/caches.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::opcache {

status read_status(adapter::adapter& php);
configuration read_configuration(adapter::adapter& php);

/// EXCLUDE is a regular expression (PCRE, without delimiters) of paths to leave out; empty for none. Throws error
/// (usage) if PHP cannot compile it, (pending) while a restart is pending, (opcache_off) where the cache is off.
status read_scripts(adapter::adapter& php, std::string const& exclude, std::function<void(script const&)> const& each);

/// See pool::opcache_reset().
reset_report reset(adapter::adapter& php, std::chrono::milliseconds patience);

}  // namespace cachetool::opcache
