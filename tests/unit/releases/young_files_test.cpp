#include "releases/young_files.hpp"

#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "base/unique_fd.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using releases::young_files;

namespace {

class tree {
 public:
  tree() {
    fs::create_directories(directory / "release/sub");
    fs::create_directories(directory / "elsewhere");
    for (auto const* name : {"release/a.php", "elsewhere/b.php"}) std::ofstream(directory / name) << "<?php\n";
  }

  /// What of the file is young while the pool names it by PATH.
  [[nodiscard]] bool makes_young(std::string const& file, std::string const& path) const {
    young_files const held({path}, {directory / "release"}, 60s);
    return is_young(file);
  }

  [[nodiscard]] bool is_young(std::string const& file) const {
    struct stat info {};
    REQUIRE(stat((directory / file).c_str(), &info) == 0);
    return info.st_mtim.tv_sec > std::time(nullptr) + 30;
  }

  test::temp_dir directory;
};

}  // namespace

TEST_CASE("a script of a release is young for as long as it is held") {
  tree const of;
  CHECK(of.makes_young("release/a.php", of.directory / "release/a.php"));
  CHECK_FALSE(of.is_young("release/a.php"));
}

TEST_CASE("a script on which somebody holds a lease is not waited for, and keeps its time") {
  tree const of;
  std::signal(SIGIO, SIG_IGN);
  base::unique_fd const held(open((of.directory / "release/a.php").c_str(), O_RDWR | O_CLOEXEC));
  if (fcntl(held.get(), F_SETLEASE, F_WRLCK) != 0) return test::skip("the file system has no leases");
  auto const start = std::chrono::steady_clock::now();
  CHECK_FALSE(of.makes_young("release/a.php", of.directory / "release/a.php"));
  CHECK(std::chrono::steady_clock::now() - start < 2s);
}

TEST_CASE("a file that lies elsewhere keeps its time, whatever path and link a pool names") {
  tree const of;
  fs::create_directory_symlink(of.directory / "elsewhere", of.directory / "release/dir");
  fs::create_symlink(of.directory / "elsewhere/b.php", of.directory / "release/link.php");
  auto const path = GENERATE(as<std::string>{}, "elsewhere/b.php", "release/../elsewhere/b.php", "release/dir/b.php",
                             "release/link.php", "release/sub/../../elsewhere/b.php");
  CAPTURE(path);
  CHECK_FALSE(of.makes_young("elsewhere/b.php", of.directory / path));
}

TEST_CASE("a second name that somebody gave to a file of another user's does not make that young") {
  if (geteuid() != 0) return;
  tree const of;
  REQUIRE(chown((of.directory / "release/sub").c_str(), 65534, 65534) == 0);
  fs::create_hard_link(of.directory / "elsewhere/b.php", of.directory / "release/sub/b.php");
  CHECK_FALSE(of.makes_young("elsewhere/b.php", of.directory / "release/sub/b.php"));
}

TEST_CASE("what is no file is not even opened") {
  tree const of;
  std::string const fifo = of.directory / "release/fifo.php";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  base::unique_fd const events(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  REQUIRE(inotify_add_watch(events.get(), fifo.c_str(), IN_OPEN) >= 0);
  young_files const held({fifo}, {of.directory / "release"}, 60s);
  char event[512];
  CHECK(read(events.get(), event, sizeof event) < 0);
}

TEST_CASE("two directories have one owner if they are there, no links, and the same user's") {
  tree const of;
  fs::create_directory_symlink(of.directory / "elsewhere", of.directory / "link");
  CHECK(releases::have_one_owner(of.directory / "release", of.directory / "elsewhere"));
  CHECK_FALSE(releases::have_one_owner(of.directory / "release", of.directory / "link"));
  CHECK_FALSE(releases::have_one_owner(of.directory / "release", of.directory / "none"));
  if (geteuid() != 0) return;
  REQUIRE(chown((of.directory / "elsewhere").c_str(), 65534, 65534) == 0);
  CHECK_FALSE(releases::have_one_owner(of.directory / "release", of.directory / "elsewhere"));
}
