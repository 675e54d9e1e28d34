#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include <cachetool/error.hpp>

namespace cachetool::placement {

/// Fills a new, empty file with the agent: its bytes, its mode, and the modification time 0, which keeps OPcache from
/// storing it (docs/developers/agent.md). Throws error (placement).
void write_agent(int fd, std::string_view content, mode_t mode);

/// True if this is a regular file with these bytes.
bool holds(int fd, std::string_view content) noexcept;

/// True if the file `name` in `directory`, a descriptor, is certainly one that this program wrote as this user: a
/// regular file without another name, which begins as agents do, and has the modification time 0. If a run was killed
/// before it set that time, nobody else can read the file.
bool is_written_agent(int directory, char const* name) noexcept;

/// An error (placement) whose message ends with the text for that errno.
error placement_error(std::string const& what, int errno_value);

}  // namespace cachetool::placement
