#pragma once

#include <exception>

#include <cachetool/error.hpp>

namespace cachetool::cli {

/// An error (no_resources), in words of the user's, for an exception that is none: what the machine refused to this
/// program, a thread or memory for instance. An error stays what it is.
error unforeseen(std::exception const& failed);

}  // namespace cachetool::cli
