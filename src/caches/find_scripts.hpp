#pragma once

#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

namespace cachetool::opcache {

/// Returns the PHP files below `directory`, or below each directory that it matches as a glob pattern. The order is
/// that of CacheTool 10 (Symfony's Finder): as the file system lists them, with a directory's files in place of the
/// directory. Leaves out names that begin with a dot, directories of version control systems, unreadable directories,
/// linked directories, and every path whose relative part contains "Tests", "tests" or one of the words in `exclude`.
/// Returns real paths. Throws error (usage) if there is no such directory, or if it cannot be read.
std::vector<script_file> find_scripts(std::string const& directory, std::vector<std::string> const& exclude);

/// True if CacheTool 10 takes an exclude for a regular expression, because it has delimiters: "/^a/i". Otherwise it is
/// a word that may occur anywhere.
bool is_regular_expression(std::string const& exclude);

}  // namespace cachetool::opcache
