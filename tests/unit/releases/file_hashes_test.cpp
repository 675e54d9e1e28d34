#include "releases/file_hashes.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "base/sha256.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;
namespace fs = std::filesystem;

namespace {

releases::hashed_file looking_like(std::string const& path, std::string const& sha256) {
  struct stat info {};
  REQUIRE(lstat(path.c_str(), &info) == 0);
  return {sha256, info.st_ino, info.st_size, std::int64_t{info.st_ctim.tv_sec} * 1'000'000'000 + info.st_ctim.tv_nsec};
}

}  // namespace

TEST_CASE("a file that looks as it did is not read again, and one that was written to is") {
  test::temp_dir const directory;
  std::string const file = directory / "a.php";
  std::ofstream(file) << "<?php 1;";
  releases::file_hashes hashes;
  hashes.know(file, looking_like(file, "known"));
  CHECK(hashes.of(file).sha256 == "known");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the file system's clock goes in steps
  int const way = GENERATE(0, 1, 2);
  if (way == 0) std::ofstream(file) << "<?php 2;";
  if (way == 1) fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(1));
  if (way == 2) {
    std::ofstream(directory / "new") << "<?php 2;";
    fs::rename(directory / "new", file);
  }
  CHECK(hashes.of(file).sha256 == base::sha256(way == 1 ? "<?php 1;" : "<?php 2;"));
}

TEST_CASE("a file of this moment is read each time: a later write may not change what it looks like") {
  test::temp_dir const directory;
  std::string const file = directory / "a.php";
  releases::file_hashes hashes;
  for (auto const* text : {"<?php 1;", "<?php 2;", "<?php 3;"}) {
    std::ofstream(file) << text;
    CHECK(hashes.of(file).sha256 == base::sha256(text));
  }
}

TEST_CASE("what is no file, or is too large, has no hash") {
  test::temp_dir const directory;
  std::string const file = directory / "a.php";
  SECTION("nothing") {}
  SECTION("a pipe") {
    REQUIRE(mkfifo(file.c_str(), 0644) == 0);
  }
  SECTION("a link") {
    std::ofstream(directory / "b") << "x";
    fs::create_symlink(directory / "b", file);
  }
  SECTION("9 MiB") {
    std::ofstream(file) << "x";
    fs::resize_file(file, 9 << 20);
  }
  CHECK(releases::file_hashes().of(file).sha256.empty());
}
