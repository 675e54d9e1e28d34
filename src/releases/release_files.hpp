#pragma once

#include <string>
#include <vector>

namespace cachetool::releases {

/// Returns the files of a release's directory that a page may include, as real paths, sorted: every *.php except shell
/// programs. Throws error as opcache::find_scripts() does.
std::vector<std::string> files_of(std::string const& release);

/// True if this process can list the directory. Even then php-fpm may see another one at that path.
bool can_be_listed(std::string const& release);

}  // namespace cachetool::releases
