#include "base/path.hpp"

#include <filesystem>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool::base;
namespace fs = std::filesystem;

TEST_CASE("a path lies in a directory if it is that, or stands below it") {
  CHECK(lies_in("/srv/site", "/srv/site"));
  CHECK(lies_in("/srv/site/a.php", "/srv/site"));
  CHECK(lies_in("/srv/site/a.php", "/srv/site/"));
  CHECK(lies_in("/srv", "/"));
}

TEST_CASE("a path does not lie in a directory whose name is only the beginning of its own") {
  CHECK_FALSE(lies_in("/srv/site2", "/srv/site"));
  CHECK_FALSE(lies_in("/srv", "/srv/site"));
  CHECK_FALSE(lies_in("", "/srv"));
}

TEST_CASE("a real path has no links in it, and what leads nowhere has none") {
  cachetool::test::temp_dir const directory;
  fs::path const top = fs::canonical(directory.path());
  fs::create_directory(top / "release");
  fs::create_symlink("release", top / "current");
  CHECK(real_path((top / "current").string()) == (top / "release").string());
  CHECK(real_path((top / "missing").string()).empty());
  CHECK(real_or_absolute_path((top / "missing").string()) == (top / "missing").string());
}

TEST_CASE("the parent of a path is the directory that its text names") {
  CHECK(parent_of("/srv/site") == "/srv");
  CHECK(parent_of("/srv//site") == "/srv");
  CHECK(parent_of("/srv/site/") == "/srv/site");
}

TEST_CASE("what lies in the root directory has that for a parent, and so has what names no directory") {
  for (char const* path : {"/srv", "/", "//", "srv", ""}) {
    INFO(path);
    CHECK(parent_of(path) == "/");
  }
}
