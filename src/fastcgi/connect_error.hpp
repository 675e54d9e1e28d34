#pragma once

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

namespace cachetool::fastcgi {

/// The error for a connect(2) to `where` that failed with the errno `code`. For a unix socket this looks at the file,
/// because ECONNREFUSED alone does not tell a stale socket from a regular file. Phase and endpoint are set.
error connect_error(endpoint const& where, int code);

}  // namespace cachetool::fastcgi
