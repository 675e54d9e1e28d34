#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "caches/script_selection.hpp"

/// The scripts in opcache.file_cache: files that outlive every restart.
namespace cachetool::opcache {

/// Deletes file cache entries of scripts at or below `names` that are not in memory (as `in` shows) and whose files may
/// have changed since, or are gone. With `all`, unchanged ones too. A PHP that does not look at timestamps would go on
/// serving them; if PHP does look, this does nothing. Returns how many entries were deleted.
std::int64_t delete_stale_file_entries(adapter::adapter& php, script_selection const& in,
                                       std::vector<std::string> const& names, bool all);

}  // namespace cachetool::opcache
