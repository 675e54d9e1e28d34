#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Scripts by directory, for the map of a page.
namespace cachetool::report {

struct cached_file {
  std::string path;
  std::int64_t memory = 0;  ///< bytes
  std::int64_t hits = 0;
  std::int64_t age = 0;  ///< seconds since it was last used
};

/// Sorts by path so that what lies below a directory stands together, and a file before the directory of its name.
void sort_by_directory(std::vector<cached_file>& files);

/// The files, sorted so, as a tree in JSON: a directory is [name, [what is in it]], a file [name, memory, hits, age].
/// Directories that hold nothing but one directory are one with it, "src/app". The top is the directory that holds all;
/// its name is null if there is none. What cannot stand in a name is made visible, as in a table.
std::string script_tree(std::vector<cached_file> const& files);

/// JSON that may stand inside of a <script> element, whatever is in its texts.
std::string json_in_script(std::string_view json);

/// Directories beside each other that hold much the same files: releases of one site, most likely.
struct look_alikes {
  struct member {
    std::string name;
    std::int64_t scripts = 0;
    std::int64_t memory = 0;  ///< bytes
    std::int64_t age = 0;     ///< seconds since the last use of any
  };
  std::string directory;        ///< that they lie in
  std::vector<member> members;  ///< two or more, the last used first
};

/// Each of them shares half of its scripts, and three or more, with another one. What lies below vendor is not looked
/// at: packages resemble each other. `files` are sorted by directory.
std::vector<look_alikes> find_look_alikes(std::vector<cached_file> const& files);

}  // namespace cachetool::report
