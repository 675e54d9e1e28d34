#pragma once

#include <string>
#include <string_view>

namespace cachetool::base {

/// True if PATH is DIRECTORY or lies below it, by their texts alone: no link is followed. DIRECTORY may end with a
/// slash.
bool lies_in(std::string_view path, std::string_view directory) noexcept;

/// The path without links, "." and "..", as this process sees it; empty if it leads nowhere.
std::string real_path(std::string const& path);

/// The same; where PATH leads nowhere, PATH made absolute.
std::string real_or_absolute_path(std::string const& path);

}  // namespace cachetool::base
