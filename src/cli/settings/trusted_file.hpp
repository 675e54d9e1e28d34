#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

/// Whether a file may say what the caller wants, judged by who can have written it or put it there: OWNERS are
/// believed.
namespace cachetool::cli {

/// Why FILE, which was opened as PATH, may not: its owner, or who can write it or replace it or a directory on the way
/// to it, by the path as it was given and by the real one. Empty if nothing speaks against it.
std::string why_not_trusted(int file, std::string const& path, std::vector<uid_t> const& owners);

/// The same of the name PATH alone, link or not, before it is opened: of what cannot be opened nothing else is known.
/// Empty also if there is no such name.
std::string why_name_not_trusted(std::string const& path, std::vector<uid_t> const& owners);

}  // namespace cachetool::cli
