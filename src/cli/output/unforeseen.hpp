#pragma once

#include <exception>

#include <cachetool/error.hpp>

namespace cachetool::cli {

/// Turns an exception that is not an `error` into one (no_resources), in words for the user: the machine refused a
/// thread or memory, for instance. An `error` is returned as it is.
error unforeseen(std::exception const& failed);

}  // namespace cachetool::cli
