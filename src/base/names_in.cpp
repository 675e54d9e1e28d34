#include "base/names_in.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <memory>
#include <string_view>

namespace cachetool::base {

std::vector<std::string> names_in(int directory, std::size_t most) {
  std::vector<std::string> names;
  int const copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::unique_ptr<DIR, int (*)(DIR*)> const list(copy >= 0 ? fdopendir(copy) : nullptr, closedir);
  while (dirent const* entry = list && names.size() < most ? readdir(list.get()) : nullptr) {
    std::string_view const name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

}  // namespace cachetool::base
