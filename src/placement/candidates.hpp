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
    kept        ///< a file in a directory of root's, which stays
  };
  enum class origin : std::uint8_t {
    ours,
    named,  ///< by the caller
    told    ///< by php-fpm, or by its configuration
  };
  kind how;
  std::string where;  ///< a directory, or the installed file, as a worker names it
  origin from = origin::ours;
};

/// Those that lie in one of the directories that open_basedir allows.
std::vector<candidate> inside(std::vector<candidate> places, std::vector<std::string> const& directories);

/// Those whose agents have a path that begins with the PREFIX that opcache.restrict_api demands.
std::vector<candidate> beginning_with(std::vector<candidate> places, std::string const& prefix);

/// True for a directory, or one in it, where programs of the system read what lies there.
bool is_of_the_system(std::string const& path);

constexpr int most_told = 16;

/// The directories that PHP names, as places; at most most_told. Without those where programs of the system read what
/// lies there: what php-fpm says may be anything, and root shall not be talked into making files in them.
std::vector<candidate> told_places(std::vector<std::string> const& directories);

}  // namespace cachetool::placement
