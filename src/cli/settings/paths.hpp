#pragma once

#include <string>

/// Paths on the command line that php-fpm is to be told.
namespace cachetool::cli {

/// PATH from the root on, and else as it is spelled: where links lead is php-fpm's to say. Throws error (usage) if it
/// is empty.
std::string absolute_path(std::string const& path);

/// The same without ".", "..", and slashes at its end: a link is meant itself.
std::string absolute_name(std::string const& path);

}  // namespace cachetool::cli
