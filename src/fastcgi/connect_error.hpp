#pragma once

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

namespace cachetool::fastcgi {

/// What it means that connect(2) to WHERE failed with the errno value CODE. For a unix socket the file is looked at,
/// because ECONNREFUSED alone does not tell a stale socket from a regular file. Phase and endpoint are set.
error connect_error(endpoint const& where, int code);

}  // namespace cachetool::fastcgi
