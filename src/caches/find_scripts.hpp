#pragma once

#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

namespace cachetool::opcache {

/// The PHP files below DIRECTORY, or below each directory that the glob pattern DIRECTORY matches, in the order of
/// CacheTool 10 (Symfony's Finder): that of the file system, a directory's files where the directory stands.
/// Left out are names that begin with a dot, directories of version control systems, directories that cannot be read,
/// linked directories, whatever has "Tests" or "tests" anywhere in its relative path, or one of the words EXCLUDE.
/// Paths are real ones. Throws error (usage) if there is no such directory, or if it cannot be read.
std::vector<script_file> find_scripts(std::string const& directory, std::vector<std::string> const& exclude);

/// True if CacheTool 10 takes an exclude for a regular expression: one with delimiters, "/^a/i". Else it is a word that
/// may occur anywhere.
bool is_regular_expression(std::string const& exclude);

}  // namespace cachetool::opcache
