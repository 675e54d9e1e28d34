#pragma once

#include <string>
#include <string_view>

namespace cachetool::base {

/// True if `path` is `directory` or lies below it, judged only by their texts: no link is followed. The directory may
/// end with a slash.
bool lies_in(std::string_view path, std::string_view directory) noexcept;

/// The directory that a file lies in, judged by the text of its absolute path alone; "/" is in itself.
std::string parent_of(std::string_view path);

/// The path without links, "." and "..", as this process sees it; empty if it leads nowhere.
std::string real_path(std::string const& path);

/// The same; if the path leads nowhere, only made absolute.
std::string real_or_absolute_path(std::string const& path);

}  // namespace cachetool::base
