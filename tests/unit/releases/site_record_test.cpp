#include "releases/site_record.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/unique_fd.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A release with a file, verified after both were there.
class release {
 public:
  release() {
    fs::create_directories(path() + "/src");
    write("src/a.php");
    std::this_thread::sleep_for(20ms);  // the file system's clock goes in steps
    write("../later");
    struct stat info {};
    REQUIRE(lstat((path() + "/../later").c_str(), &info) == 0);
    known = releases::verified_at(path(), std::int64_t{info.st_ctim.tv_sec} * 1'000'000'000 + info.st_ctim.tv_nsec);
    std::this_thread::sleep_for(20ms);
  }

  void write(std::string const& file) const { std::ofstream(path() + "/" + file) << "<?php"; }
  [[nodiscard]] std::string path() const { return directory / "releases/1"; }
  [[nodiscard]] bool unchanged() const { return releases::unchanged_since(known)(path() + "/src/a.php"); }

  test::temp_dir directory;
  releases::verified known;
};

int open_directory(std::string const& path) {
  return open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

}  // namespace

TEST_CASE("a file of a verified directory is unchanged, whatever happens beside the directory") {
  release const one;
  CHECK(one.unchanged());
  fs::create_directories(one.path() + "/../2");
  fs::create_directory_symlink("releases/1", one.directory / "current");
  CHECK(one.unchanged());
}

TEST_CASE("a file that was written since is not unchanged, whatever its modification time") {
  release const one;
  auto const before = fs::last_write_time(one.path() + "/src/a.php");
  one.write("src/a.php");
  fs::last_write_time(one.path() + "/src/a.php", before);
  CHECK_FALSE(one.unchanged());
}

TEST_CASE("files in a directory that came to its name since are not unchanged") {
  release const one;
  SECTION("a directory in it") {
    fs::rename(one.path() + "/src", one.path() + "/old");
    fs::rename(one.path() + "/old", one.path() + "/src");
  }
  SECTION("itself, with another one in its place") {
    fs::rename(one.path(), one.path() + ".old");
    fs::create_directories(one.path());
    fs::rename(one.path() + ".old/src", one.path() + "/src");
  }
  CHECK_FALSE(one.unchanged());
}

TEST_CASE("a file that is gone, is a link, or lies elsewhere is not unchanged") {
  release const one;
  auto const unchanged = releases::unchanged_since(one.known);
  CHECK_FALSE(unchanged(one.path() + "/src/b.php"));
  CHECK_FALSE(unchanged(one.directory / "later"));
  fs::remove(one.path() + "/src/a.php");
  fs::create_symlink("/etc/passwd", one.path() + "/src/a.php");
  CHECK_FALSE(one.unchanged());
}

TEST_CASE("what was kept beside a link is read again, without directories that are gone") {
  release const one;
  base::unique_fd const beside(open_directory(one.directory.path()));
  releases::site_record record;
  record.set(one.known);
  record.set({"/nonexistent/release", {1, 2}, 3});
  record.write(beside.get(), "current");
  auto const read = releases::site_record::read(beside.get(), "current");
  REQUIRE(read.find(one.path()) != nullptr);
  CHECK(read.find(one.path())->since == one.known.since);
  CHECK(read.find(one.path())->itself == one.known.itself);
  CHECK(read.find("/nonexistent/release") == nullptr);
  CHECK(releases::site_record::read(beside.get(), "other").find(one.path()) == nullptr);
}

namespace {

// The first line tells by how much the clock was ahead of the time since the machine was started.
void set_clock_ahead(std::string const& file, std::int64_t seconds) {
  std::ifstream in(file);
  std::int64_t clock = 0;
  in >> clock;
  std::string const rest{std::istreambuf_iterator<char>(in), {}};
  std::ofstream(file) << clock + seconds * 1'000'000'000 << rest;
}

}  // namespace

TEST_CASE("a record is dropped if the clock was set back since, and kept if it was set forward") {
  release const one;
  base::unique_fd const beside(open_directory(one.directory.path()));
  releases::site_record record;
  record.set(one.known);
  record.write(beside.get(), "current");
  auto const seconds = GENERATE(-3600, 0, 1, 3, 3600);
  set_clock_ahead(one.directory / ".current.cachetool", seconds);
  auto const read = releases::site_record::read(beside.get(), "current");
  CHECK((read.find(one.path()) != nullptr) == (seconds < 2));
}

TEST_CASE("an entry of a moment that is yet to come is not kept, and not believed") {
  release const one;
  base::unique_fd const beside(open_directory(one.directory.path()));
  releases::site_record record;
  auto later = one.known;
  later.since += std::int64_t{3600} * 1'000'000'000;
  record.set(later);
  record.write(beside.get(), "current");
  CHECK(releases::site_record::read(beside.get(), "current").entries().empty());
  std::ofstream(one.directory / ".current.cachetool", std::ios::app)
      << later.since << " " << later.itself.device << " " << later.itself.inode << " " << later.path << "\n";
  CHECK(releases::site_record::read(beside.get(), "current").entries().empty());
}

TEST_CASE("a record of other surroundings is dropped") {
  release const one;
  base::unique_fd const beside(open_directory(one.directory.path()));
  releases::site_record record;
  record.set(one.known);
  record.write(beside.get(), "current", {}, "mounts");
  CHECK(releases::site_record::read(beside.get(), "current", {}, "mounts").entries().size() == 1);
  CHECK(releases::site_record::read(beside.get(), "current", {}, "others").entries().empty());
  CHECK(releases::site_record::read(beside.get(), "current").entries().empty());
}

TEST_CASE("what is no record of ours counts as an empty one") {
  test::temp_dir const directory;
  base::unique_fd const beside(open_directory(directory.path()));
  std::string const file = directory / ".current.cachetool";
  SECTION("a link") {
    std::ofstream(directory / "elsewhere") << "1 \n1 2 3 /srv/a\n";
    fs::create_symlink("elsewhere", file);
  }
  SECTION("a pipe: it is not waited for") {
    REQUIRE(mkfifo(file.c_str(), 0644) == 0);
  }
  SECTION("a file that others can write") {
    std::ofstream(file) << "1 \n1 2 3 /srv/a\n";
    REQUIRE(chmod(file.c_str(), 0666) == 0);
  }
  SECTION("one that is too large") {
    std::ofstream(file) << "1 \n1 2 3 /srv/a\n" << std::string(70000, 'x');
  }
  SECTION("anything else") {
    std::ofstream(file) << "1 2 /srv/a\n\n99999999999999999999 1 2 /srv/a\n1 2 3 srv/a\n\xff 1 2 /srv/a";
  }
  CHECK(releases::site_record::read(beside.get(), "current").find("/srv/a") == nullptr);
}

TEST_CASE("a record that cannot be written is no error, and leaves nothing") {
  test::temp_dir const directory;
  std::string const gone = directory / "gone";
  fs::create_directory(gone);
  base::unique_fd const beside(open_directory(gone));
  fs::remove(gone);
  releases::site_record record;
  CHECK_NOTHROW(record.write(beside.get(), "current"));
  CHECK_FALSE(fs::exists(gone));
}
