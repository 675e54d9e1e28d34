#include "base/names_in.hpp"

#include <fcntl.h>

#include <algorithm>
#include <fstream>

#include "base/unique_fd.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;

TEST_CASE("the names in a directory are those of its entries, and no more than are wanted") {
  test::temp_dir directory;
  for (auto const* name : {"a", ".b", "c d"}) std::ofstream{directory / name} << "x";
  base::unique_fd const held(open(directory.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  auto names = base::names_in(held.get());
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{".b", "a", "c d"});
  CHECK(base::names_in(held.get(), 2).size() == 2);
}

TEST_CASE("what is no directory has no names in it") {
  test::temp_dir directory;
  std::ofstream{directory / "a"} << "x";
  base::unique_fd const held(open((directory / "a").c_str(), O_RDONLY | O_CLOEXEC));
  CHECK(base::names_in(held.get()).empty());
  CHECK(base::names_in(-1).empty());
}
