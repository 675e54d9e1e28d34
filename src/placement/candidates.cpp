#include "placement/candidates.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "base/path.hpp"

namespace cachetool::placement {
namespace {

// An absolute path without "..", without empty components, and without a trailing slash.
std::string normal(std::string const& path) {
  std::string text = std::filesystem::path(path).lexically_normal();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

}  // namespace

bool is_of_the_system(std::string const& path) {
  constexpr std::string_view directories[] = {"/bin",    "/boot", "/dev",  "/etc", "/lib",  "/lib32", "/lib64",
                                              "/libx32", "/proc", "/root", "/run", "/sbin", "/sys",   "/usr"};
  if (path == "/" || path == "/var" || base::lies_in(path, "/var/spool")) return true;
  return !base::lies_in(path, "/dev/shm") &&
         std::any_of(std::begin(directories), std::end(directories),
                     [&](std::string_view each) { return base::lies_in(path, each); });
}

std::vector<candidate> inside(std::vector<candidate> places, std::vector<std::string> const& directories) {
  std::erase_if(places, [&](candidate const& place) {
    return std::none_of(directories.begin(), directories.end(),
                        [&](std::string const& each) { return base::lies_in(place.where, each); });
  });
  return places;
}

std::vector<candidate> beginning_with(std::vector<candidate> places, std::string const& prefix) {
  std::erase_if(places, [&](candidate const& place) {
    bool const is_file = place.how == candidate::kind::installed;
    return !(is_file ? place.where : place.where + "/").starts_with(prefix);
  });
  return places;
}

std::vector<candidate> told_places(std::vector<std::string> const& directories) {
  std::vector<candidate> places;
  for (std::string const& each : directories) {
    std::string const where = normal(each);
    if (std::ssize(places) == most_told) break;
    if (!where.starts_with('/') || is_of_the_system(where)) continue;
    places.push_back({candidate::kind::temporary, where, candidate::origin::told});
  }
  return places;
}

}  // namespace cachetool::placement
