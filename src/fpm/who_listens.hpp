#pragma once

#include <optional>
#include <span>
#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>

#include "fpm/discovery.hpp"

namespace cachetool::fpm {

/// Like master_of(), but asks the kernel who listens on a unix socket. For that it connects, for at most 200 ms.
std::optional<listener> who_listens(fastcgi::endpoint const& where, search_options const& looked_at = {});

/// The same for several endpoints, in their order; see masters_of().
std::vector<std::optional<listener>> who_listen(std::span<fastcgi::endpoint const> endpoints,
                                                search_options const& looked_at = {});

}  // namespace cachetool::fpm
