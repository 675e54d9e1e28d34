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

/// Whose file lies at PATH says nothing of who put it there: with the right to write a directory goes that to move any
/// file of the file system into it, or, where the kernel allows it, to give it another name there, of whomever it is.
/// The sticky bit does not help against that. Empty if nobody but root and the caller, or a group that the caller
/// shares it with, can write the directory of PATH.
std::string why_may_be_put_there(std::string const& path);

}  // namespace cachetool::cli
