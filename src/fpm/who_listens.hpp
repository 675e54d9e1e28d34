#pragma once

#include <optional>

#include <cachetool/fastcgi/endpoint.hpp>

#include "fpm/discovery.hpp"

namespace cachetool::fpm {

/// Like master_of(), but asks the kernel who listens on a unix socket. For that it connects, for at most 200 ms.
std::optional<listener> who_listens(fastcgi::endpoint const& where, search_options const& looked_at = {});

}  // namespace cachetool::fpm
