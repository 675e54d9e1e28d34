#pragma once

#include <string>
#include <vector>

namespace cachetool::releases {

/// The files of the directory RELEASE that a page may include, by their real names, sorted: *.php but what is for the
/// shell. Throws error as opcache::find_scripts() does.
std::vector<std::string> files_of(std::string const& release);

/// True if the directory is here, and this process may list it. Else php-fpm may see another one at that path.
bool can_be_listed(std::string const& release);

}  // namespace cachetool::releases
