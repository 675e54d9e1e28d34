#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

/// Judges whether the program may follow a file, by who can have written it or put it there. Only `owners` are
/// believed.
namespace cachetool::cli {

/// Says why `file`, which was opened as `path`, may not be followed: its owner, or somebody who can write it, replace
/// it, or replace a directory on the way to it. Checks the given path and the real one. Empty if nothing speaks against
/// it.
std::string why_not_trusted(int file, std::string const& path, std::vector<uid_t> const& owners);

/// The same for the name `path` alone, link or not, before it is opened: nothing else is known of a file that cannot be
/// opened. Empty also if there is no such name.
std::string why_name_not_trusted(std::string const& path, std::vector<uid_t> const& owners);

/// A file's owner does not tell who put it there. Whoever may write to a directory may move any file of the file system
/// into it, or, if the kernel allows it, give anybody's file another name there. The sticky bit does not prevent that.
/// Returns why this may have happened. Empty if only root and the caller, or a group that the caller shares the
/// directory with, can write to the directory of `path`.
std::string why_may_be_put_there(std::string const& path);

}  // namespace cachetool::cli
