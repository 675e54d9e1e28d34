#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "caches/script_selection.hpp"

/// What opcache.file_cache has of scripts, in files that outlive every restart.
namespace cachetool::opcache {

/// Deletes what the file cache has of scripts at or below NAMES if nothing of them is in the memory of IN and their
/// files may have changed since, or are gone; ALL: also if not. PHP that does not look at timestamps would go on
/// serving it. Does nothing where PHP does look. Returns how many files are gone.
std::int64_t delete_stale_file_entries(adapter::adapter& php, script_selection const& in,
                                       std::vector<std::string> const& names, bool all);

}  // namespace cachetool::opcache
