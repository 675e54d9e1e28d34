#pragma once

#include <string>

/// Paths on the command line that php-fpm is told.
namespace cachetool::cli {

/// Returns `path` as an absolute path, otherwise as it is spelled: php-fpm decides where links lead. Throws error
/// (usage) if it is empty.
std::string absolute_path(std::string const& path);

/// The same without ".", ".." and trailing slashes, because the link itself is meant.
std::string absolute_name(std::string const& path);

}  // namespace cachetool::cli
