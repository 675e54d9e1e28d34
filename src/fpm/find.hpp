#pragma once

#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>

namespace cachetool::fpm {

/// One endpoint for each php-fpm master that listens on a unix socket where packages put them (/run/php/*.sock,
/// /run/php-fpm/*.sock, /run/php*.sock). Sockets that nobody listens on any more are left out. If none is found: a
/// socket that is there but may not be used, so that the error says why; else 127.0.0.1:9000.
std::vector<fastcgi::endpoint> find_endpoints();

}  // namespace cachetool::fpm
