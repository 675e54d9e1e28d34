#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include <cachetool/error.hpp>

namespace cachetool::placement {

/// Fills a new, empty file with the agent: its bytes, its mode, and the modification time 0, for which OPcache does not
/// store it (docs/agent.md). Throws error (placement).
void write_agent(int fd, std::string_view content, mode_t mode);

/// True if the file behind FD is a regular file with these bytes.
bool holds(int fd, std::string_view content) noexcept;

/// True if NAME in DIRECTORY, which is held open, is what this program wrote as this user, and nothing else may be: a
/// regular file with no other name, that begins as agents do, with the modification time 0 or, where a run was killed
/// before it had that, readable by nobody else.
bool is_written_agent(int directory, char const* name) noexcept;

/// An error (placement) whose message ends with the text of ERRNO_VALUE.
error placement_error(std::string const& what, int errno_value);

}  // namespace cachetool::placement
