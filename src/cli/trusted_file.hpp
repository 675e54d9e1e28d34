#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace cachetool::cli {

/// Why FILE, which was opened as PATH, may say what somebody else wants: its owner, or who can write it or replace it
/// or a directory on the way to it, by the path as it was given and by the real one. OWNERS are believed. Empty if
/// nothing speaks against it.
std::string why_not_trusted(int file, std::string const& path, std::vector<uid_t> const& owners);

}  // namespace cachetool::cli
