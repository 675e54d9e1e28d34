#pragma once

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

namespace cachetool::fastcgi {

/// FAILED, or the better error where a TCP connection to WHERE was dropped without a word because
/// listen.allowed_clients does not name this machine: a second, silent connection tells.
error explained(error failed, endpoint const& where, bool was_dropped);

}  // namespace cachetool::fastcgi
