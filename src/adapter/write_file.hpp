#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include <cachetool/fastcgi/error.hpp>

namespace cachetool::adapter {

/// Fills a new, empty file with the agent: its bytes, its mode, and the modification time 0, for which OPcache does not
/// store it (docs/agent.md). Throws error (placement).
void write_agent(int fd, std::string_view content, mode_t mode);

/// True if the file behind FD is a regular file with these bytes.
bool holds(int fd, std::string_view content) noexcept;

/// An error (placement) whose message ends with the text of ERRNO_VALUE.
error placement_error(std::string const& what, int errno_value);

}  // namespace cachetool::adapter
