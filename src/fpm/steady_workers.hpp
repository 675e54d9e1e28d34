#pragma once

#include <optional>

#include <cachetool/error.hpp>

#include "fpm/discovery.hpp"

namespace cachetool::fpm {

/// Why fpm_get_status() may not be asked of the pool at this address, whatever moment is chosen for it; nothing if it
/// may be. It crashes the worker that runs it while another one starts (php-src 18595, 19974), and the request itself
/// may have php-fpm start one. `host` is who listens there, if this machine tells.
std::optional<error> why_not_steady(std::optional<listener> const& host);

/// The error (refused) for that.
error status_may_crash(std::string const& why);

}  // namespace cachetool::fpm
