#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cachetool::placement {

/// A place where the agent may be put, or lies already.
struct candidate {
  enum class kind : std::uint8_t {
    temporary,  ///< a private file in a directory
    installed,  ///< a file that is there already
    kept        ///< a file in a directory of root's; it stays there
  };
  enum class origin : std::uint8_t {
    ours,
    named,  ///< by the caller
    told    ///< by php-fpm, or by its configuration
  };
  kind how;
  std::string where;  ///< a directory or the installed file, as a worker names it
  origin from = origin::ours;
};

/// Those that lie in one of the directories that open_basedir allows.
std::vector<candidate> inside(std::vector<candidate> places, std::vector<std::string> const& directories);

/// Those where the agent's path would begin with the prefix that opcache.restrict_api demands.
std::vector<candidate> beginning_with(std::vector<candidate> places, std::string const& prefix);

/// True for a directory whose contents programs of the system read, and for every directory in it.
bool is_of_the_system(std::string const& path);

constexpr int most_told = 16;

/// The directories that PHP names, as places; at most most_told. Leaves out directories of the system (see above):
/// php-fpm may say anything, and must not talk root into making files there.
std::vector<candidate> told_places(std::vector<std::string> const& directories);

}  // namespace cachetool::placement
