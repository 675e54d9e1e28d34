#include "placement/kept_file.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include <cachetool/error.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::temp_dir;

namespace {

namespace fs = std::filesystem;

agent::source const some_agent{"<?php // the agent", "0123abcd", {}};

struct stat look_at(std::string const& path) {
  struct stat info {};
  REQUIRE(lstat(path.c_str(), &info) == 0);
  return info;
}

std::string text_of(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(std::string const& path, std::string_view text, mode_t mode) {
  std::ofstream(path, std::ios::binary) << text;
  chmod(path.c_str(), mode);
}

void check_good(std::string const& path) {
  auto const info = look_at(path);
  CHECK(S_ISREG(info.st_mode));
  CHECK(info.st_uid == 0);
  CHECK(info.st_gid == 0);
  CHECK((info.st_mode & 07777U) == 0444);
  CHECK(info.st_mtime == 0);
  CHECK(text_of(path) == some_agent.text);
}

}  // namespace

TEST_CASE("a kept file is made with its directory, whatever the umask") {
  if (geteuid() != 0) return test::skip("needs root");
  temp_dir const parent;
  mode_t const before = umask(GENERATE(mode_t{0}, mode_t{077}));
  auto const path = placement::kept_file({}, parent / "kept", some_agent);
  umask(before);
  CHECK(path == parent / "kept/0123abcd.php");
  check_good(path);
  CHECK((look_at(parent / "kept").st_mode & 07777U) == 0711);
  CHECK(std::distance(fs::directory_iterator(parent / "kept"), {}) == 1);
}

TEST_CASE("a kept file that is as it should be is not written again") {
  if (geteuid() != 0) return test::skip("needs root");
  temp_dir const parent;
  auto const path = placement::kept_file({}, parent / "kept", some_agent);
  auto const before = look_at(path);
  CHECK(placement::kept_file({}, parent / "kept", some_agent) == path);
  CHECK(look_at(path).st_ino == before.st_ino);
}

TEST_CASE("a kept file that was tampered with is replaced") {
  if (geteuid() != 0) return test::skip("needs root");
  temp_dir const parent;
  auto const path = placement::kept_file({}, parent / "kept", some_agent);
  SECTION("other bytes") {
    write(path, "<?php // ANOTHER1", 0444);
  }
  SECTION("other bytes of the same number") {
    write(path, "<?php // THE AGENT", 0444);
  }
  SECTION("more bytes") {
    write(path, std::string(some_agent.text) + "!", 0444);
  }
  SECTION("no bytes") {
    write(path, "", 0444);
  }
  SECTION("writable by all") {
    chmod(path.c_str(), 0666);
  }
  SECTION("readable by none") {
    chmod(path.c_str(), 0400);
  }
  SECTION("setuid") {
    chmod(path.c_str(), 04444);
  }
  SECTION("of another user") {
    REQUIRE(chown(path.c_str(), 65534, 0) == 0);
  }
  SECTION("modified later than 1970") {
    fs::last_write_time(path, fs::file_time_type::clock::now());
  }
  SECTION("a FIFO in its place, which is not waited for") {
    fs::remove(path);
    REQUIRE(mkfifo(path.c_str(), 0444) == 0);
  }
  SECTION("a device in its place") {
    fs::remove(path);
    REQUIRE(mknod(path.c_str(), S_IFCHR | 0444, makedev(1, 5)) == 0);
  }
  SECTION("a symbolic link in its place") {
    write(parent / "evil.php", some_agent.text, 0444);
    fs::remove(path);
    fs::create_symlink(parent / "evil.php", path);
  }
  CHECK(placement::kept_file({}, parent / "kept", some_agent) == path);
  check_good(path);
}

TEST_CASE("a directory in the place of the kept file is an error") {
  if (geteuid() != 0) return test::skip("needs root");
  temp_dir const parent;
  fs::create_directories(parent / "kept/0123abcd.php");
  CHECK_THROWS_AS(placement::kept_file({}, parent / "kept", some_agent), error);
}

TEST_CASE("a directory for the kept file that is not root's alone is refused") {
  if (geteuid() != 0) return test::skip("needs root");
  temp_dir const parent;
  auto const directory = parent / "kept";
  SECTION("of another user") {
    fs::create_directory(directory);
    REQUIRE(chown(directory.c_str(), 65534, 65534) == 0);
  }
  SECTION("writable by a group") {
    fs::create_directory(directory);
    chmod(directory.c_str(), 0771);
  }
  SECTION("writable by all, with the sticky bit") {
    fs::create_directory(directory);
    chmod(directory.c_str(), 01777);
  }
  SECTION("a symbolic link") {
    fs::create_directory(parent / "elsewhere");
    fs::create_directory_symlink(parent / "elsewhere", directory);
  }
  SECTION("a file") {
    write(directory, "x", 0444);
  }
  SECTION("a FIFO") {
    REQUIRE(mkfifo(directory.c_str(), 0600) == 0);
  }
  SECTION("a device") {
    REQUIRE(mknod(directory.c_str(), S_IFCHR | 0600, makedev(1, 5)) == 0);
  }
  try {
    placement::kept_file({}, directory, some_agent);
    FAIL("no error was thrown");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::placement);
    CHECK(failed.message().find(directory) != std::string::npos);
  }
}
