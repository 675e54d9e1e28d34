#include "releases/last_look.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <thread>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// This process stands for php-fpm's master. The site lies a few directories deep, and was uploaded before any look.
class machine {
 public:
  machine() {
    write("site/releases/1/src/a.php");
    std::this_thread::sleep_for(20ms);  // the file system's clock goes in steps
  }

  void write(std::string const& file) const {
    fs::create_directories((directory / file).substr(0, (directory / file).rfind('/')));
    std::ofstream(directory / file) << "<?php";
  }

  void look(std::vector<std::string> const& noted) const {
    releases::last_look now(getpid(), directory.path());
    now.note(noted);
    now.write();
    std::this_thread::sleep_for(20ms);
  }

  [[nodiscard]] std::string release(std::string const& name) const { return directory / "site/releases/" + name; }
  [[nodiscard]] std::string kept() const { return directory / "cachetool-graceful"; }
  [[nodiscard]] bool has_unchanged() const {
    return releases::last_look(getpid(), directory.path()).has_unchanged(release("1") + "/src/a.php");
  }

  // An upload beside it, and the switch of a link, change both directories above the release.
  void deploy() const {
    write("site/releases/2/src/a.php");
    fs::create_symlink("releases/2", directory / "site/current");
  }

  test::temp_dir directory;
};

}  // namespace

TEST_CASE(
    "what was looked at is known the next time, though an upload and a switch have changed the directories above") {
  if (geteuid() != 0) return test::skip("needs root");
  machine const here;
  CHECK_FALSE(here.has_unchanged());
  here.look({here.release("1")});
  CHECK(here.has_unchanged());
  here.deploy();
  CHECK(here.has_unchanged());
  here.look({});  // a directory that was noted once stays so
  CHECK(here.has_unchanged());
}

TEST_CASE("what was changed since, or lies in another directory of that name, is not known") {
  if (geteuid() != 0) return test::skip("needs root");
  machine const here;
  here.look({here.release("1")});
  SECTION("the file") {
    here.write("site/releases/1/src/a.php");
  }
  SECTION("the directory") {
    fs::rename(here.release("1"), here.release("old"));
    fs::copy(here.release("old"), here.release("1"), fs::copy_options::recursive);
  }
  SECTION("a directory in it") {
    fs::rename(here.release("1") + "/src", here.release("1") + "/old");
    fs::rename(here.release("1") + "/old", here.release("1") + "/src");
  }
  CHECK_FALSE(here.has_unchanged());
}

namespace {

/// A process that sees mounts of its own. It binds one directory over another when it is told to.
class with_own_mounts {
 public:
  with_own_mounts(std::string const& what, std::string const& over) {
    REQUIRE(pipe(to_.data()) == 0);
    REQUIRE(pipe(from_.data()) == 0);
    pid_ = fork();
    if (pid_ == 0) act(what.c_str(), over.c_str());
    close(to_[0]);
    close(from_[1]);
  }
  ~with_own_mounts() {
    close(to_[1]);
    close(from_[0]);
    waitpid(pid_, nullptr, 0);
  }
  with_own_mounts(with_own_mounts const&) = delete;
  with_own_mounts& operator=(with_own_mounts const&) = delete;

  [[nodiscard]] bool has_done() const {
    char done = 'n';
    return read(from_[0], &done, 1) == 1 && done == 'y';
  }
  [[nodiscard]] bool binds() const { return write(to_[1], "b", 1) == 1 && has_done(); }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  void tell(bool done) const {
    if (write(from_[1], done ? "y" : "n", 1) != 1) _exit(1);
  }

  [[noreturn]] void act(char const* what, char const* over) const {
    close(to_[1]);
    char order = 0;
    tell(unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
    if (read(to_[0], &order, 1) == 1) tell(mount(what, over, nullptr, MS_BIND, nullptr) == 0);
    while (read(to_[0], &order, 1) > 0) continue;
    _exit(0);
  }

  std::array<int, 2> to_{};
  std::array<int, 2> from_{};
  pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("a directory that was mounted over another since is not known, though no time of a file tells") {
  if (geteuid() != 0) return test::skip("needs root");
  machine const here;
  here.write("site/releases/2/src/a.php");
  std::this_thread::sleep_for(20ms);
  with_own_mounts const master(here.release("2"), here.release("1"));
  if (!master.has_done()) return test::does_not_apply("no process may have mounts of its own here");
  auto const has_unchanged = [&] {
    return releases::last_look(master.pid(), here.directory.path()).has_unchanged(here.release("1") + "/src/a.php");
  };
  releases::last_look now(master.pid(), here.directory.path());
  now.note(std::vector{here.release("1")});
  now.write();
  CHECK(has_unchanged());
  REQUIRE(master.binds());
  CHECK_FALSE(has_unchanged());
}

TEST_CASE("another php-fpm's look is not this one's, and what is kept of one that has ended is swept away") {
  if (geteuid() != 0) return test::skip("needs root");
  machine const here;
  here.look({here.release("1")});
  CHECK_FALSE(releases::last_look(getppid(), here.directory.path()).has_unchanged(here.release("1") + "/src/a.php"));
  auto const of_this = fs::directory_iterator(here.kept())->path().string();
  std::string const of_that = of_this.substr(0, of_this.rfind('-')) + "-2147483646.cachetool";
  fs::copy(of_this, of_that);
  here.look({});
  CHECK_FALSE(fs::exists(of_that));
  CHECK(fs::exists(of_this));
}

TEST_CASE("a directory that is not root's alone is not used, and what is in there is not believed") {
  if (geteuid() != 0) return test::skip("needs root");
  machine const here;
  here.look({here.release("1")});
  constexpr uid_t nobody = 65534;
  SECTION("another user's") {
    REQUIRE(chown(here.kept().c_str(), nobody, gid_t(-1)) == 0);
  }
  SECTION("others may look") {
    REQUIRE(chmod(here.kept().c_str(), 0755) == 0);
  }
  SECTION("a link") {
    fs::rename(here.kept(), here.directory / "elsewhere");
    fs::create_symlink("elsewhere", here.kept());
  }
  SECTION("in a directory that others may write") {
    REQUIRE(chmod(here.directory.path().c_str(), 01777) == 0);
  }
  CHECK_FALSE(here.has_unchanged());
}

TEST_CASE("a file that another user has written, or can, is not believed") {
  if (geteuid() != 0) return test::skip("needs root");
  machine const here;
  here.look({here.release("1")});
  std::string const file = fs::directory_iterator(here.kept())->path();
  bool const is_his = GENERATE(true, false);
  REQUIRE((is_his ? chown(file.c_str(), 65534, gid_t(-1)) : chmod(file.c_str(), 0666)) == 0);
  CHECK_FALSE(here.has_unchanged());
}

TEST_CASE("a pool of another root directory is told from one of the master's") {
  releases::last_look const look(getpid(), "/nonexistent");
  struct stat root {};
  REQUIRE(stat("/", &root) == 0);
  CHECK(look.is_root(std::to_string(root.st_dev) + ":" + std::to_string(root.st_ino)));
  CHECK_FALSE(look.is_root(std::to_string(root.st_dev) + ":" + std::to_string(root.st_ino + 1)));
  CHECK_FALSE(look.is_root(""));
  CHECK_FALSE(look.has_unchanged("phar:///srv/a.phar/a.php"));
}
