#pragma once

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

namespace cachetool::fastcgi {

/// Returns the error, or a better one if a TCP connection to `where` was dropped without a word because
/// listen.allowed_clients does not name this machine. To find out, it opens a second, silent connection.
error explained(error failed, endpoint const& where, bool was_dropped);

}  // namespace cachetool::fastcgi
