#pragma once

#include <string>
#include <string_view>

namespace cachetool::fpm {

/// Returns the PHP version in a path's names, "8.2" or "8": /usr/sbin/php-fpm8.2, /etc/php/8.2/fpm/php-fpm.conf,
/// /opt/remi/php82/..., /opt/cpanel/ea-php82/..., /opt/plesk/php/8.2/..., /usr/local/php82/... Empty if there is none.
std::string version_in(std::string_view path);

/// Returns the version in an executable, "8.2.36": every php-fpm contains the text "X-Powered-By: PHP/8.2.36". Empty if
/// it does not, or the file cannot be read. Looks at the first 128 MiB of a regular file.
std::string version_of_executable(std::string const& path);

}  // namespace cachetool::fpm
