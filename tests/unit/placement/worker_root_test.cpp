#include "placement/worker_root.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include <cachetool/error.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using placement::worker_root;
using test::temp_dir;

namespace {

namespace fs = std::filesystem;

worker_root root_at(std::string const& path) {
  return worker_root(base::unique_fd(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
}

/// Where a directory that was opened lies; empty if it was not.
std::string opened(worker_root const& root, std::string const& path) {
  auto const directory = root.open_directory(path);
  std::error_code ignored;
  return directory ? fs::read_symlink("/proc/self/fd/" + std::to_string(directory.get()), ignored).string() : "";
}

}  // namespace

TEST_CASE("a path is looked up below the root") {
  temp_dir const root;
  fs::create_directories(root / "a/b");
  CHECK(opened(root_at(root.path()), "/a/b") == root / "a/b");
  CHECK(opened(root_at(root.path()), "/") == root.path());
  CHECK(opened(worker_root(), root / "a/b") == root / "a/b");
}

TEST_CASE("no path leaves the root") {
  temp_dir const root;
  fs::create_directories(root / "a");
  CHECK(opened(root_at(root.path()), "/a/../../../..") == root.path());
}

TEST_CASE("a link of ours is followed, and does not leave the root") {
  temp_dir const root;
  fs::create_directories(root / "tmp/inner");
  fs::create_directory(root / "etc");
  fs::create_symlink("/tmp", root / "absolute");
  fs::create_symlink("../../../etc", root / "tmp/up");
  CHECK(opened(root_at(root.path()), "/absolute/inner") == root / "tmp/inner");
  CHECK(opened(root_at(root.path()), "/tmp/up") == root / "etc");
  CHECK(opened(root_at(root.path()), "/absolute/up/../tmp/./inner") == root / "tmp/inner");
}

TEST_CASE("a link in a directory that others can write is an error, whoever made it") {
  temp_dir const root;
  fs::create_directory(root / "target");
  fs::create_directory(root / "open");
  fs::create_symlink("/target", root / "open/link");
  auto const mode = GENERATE(mode_t{01777}, mode_t{0777}, mode_t{0775});
  chmod((root / "open").c_str(), mode);
  try {
    static_cast<void>(root_at(root.path()).open_directory("/open/link"));
    FAIL("no error was thrown");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::placement);
    CHECK(failed.message().find("link is a link in a directory that others can write") == 0);
  }
  CHECK_THROWS_AS(worker_root().open_directory(root / "open/link/x"), error);
}

TEST_CASE("a link in a directory of another user's is an error") {
  if (geteuid() != 0) return test::skip("needs root");
  temp_dir const root;
  fs::create_directory(root / "target");
  fs::create_directory(root / "theirs");
  fs::create_symlink("/target", root / "theirs/link");
  REQUIRE(chown((root / "theirs").c_str(), 65534, 65534) == 0);
  CHECK_THROWS_AS(root_at(root.path()).open_directory("/theirs/link"), error);
}

TEST_CASE("links that go round in a circle, and paths that lead nowhere, give nothing and a reason") {
  temp_dir const root;
  fs::create_symlink("b", root / "a");
  fs::create_symlink("a", root / "b");
  std::ofstream(root / "file") << "x";
  CHECK_FALSE(root_at(root.path()).open_directory("/a"));
  CHECK(errno == ELOOP);
  CHECK_FALSE(root_at(root.path()).open_directory("/missing"));
  CHECK(errno == ENOENT);
  CHECK_FALSE(root_at(root.path()).open_directory("/file"));
  CHECK(errno == ENOTDIR);
}

TEST_CASE("a file is seen by those to whom its path is that file") {
  temp_dir const root;
  fs::create_directory(root / "run");
  std::ofstream(root / "run/agent") << "x";
  base::unique_fd const file(open((root / "run/agent").c_str(), O_RDONLY | O_CLOEXEC));
  CHECK(root_at(root.path()).shows("/run/agent", file.get()));
  CHECK_FALSE(root_at(root.path()).shows("/run/other", file.get()));
  fs::copy_file(root / "run/agent", root / "run/copy");
  CHECK_FALSE(root_at(root.path()).shows("/run/copy", file.get()));
  CHECK(worker_root().shows(root / "run/agent", file.get()));
}
