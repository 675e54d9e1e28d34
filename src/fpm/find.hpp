#pragma once

#include <string>
#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>

namespace cachetool::fpm {

/// One endpoint for each php-fpm master that listens on a unix socket where packages put them below RUN, which is /run:
/// RUN/php/*.sock, RUN/php-fpm/*.sock, RUN/php*.sock. Sockets that nobody listens on any more are left out. If none is
/// found: the sockets that are there but may not be used, so that the error says why.
std::vector<fastcgi::endpoint> find_endpoints(std::string const& run);

}  // namespace cachetool::fpm
