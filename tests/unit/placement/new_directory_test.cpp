#include "placement/new_directory.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "placement/attacker.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::temp_dir;

namespace {

namespace fs = std::filesystem;

base::unique_fd hold(std::string const& path) {
  return base::unique_fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

mode_t mode_of(int fd) {
  struct stat info {};
  REQUIRE(fstat(fd, &info) == 0);
  return info.st_mode & 07777U;
}

/// This process has another umask for as long as the object lives.
struct with_umask {
  explicit with_umask(mode_t mask) : before(umask(mask)) {}
  with_umask(with_umask const&) = delete;
  with_umask& operator=(with_umask const&) = delete;
  ~with_umask() { umask(before); }
  mode_t before;
};

/// No descriptor can be opened for as long as the object lives.
struct without_descriptors {
  without_descriptors() {
    getrlimit(RLIMIT_NOFILE, &before);
    int const next = dup(0);
    close(next);
    rlimit const none{static_cast<rlim_t>(next), before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
  }
  without_descriptors(without_descriptors const&) = delete;
  without_descriptors& operator=(without_descriptors const&) = delete;
  ~without_descriptors() { setrlimit(RLIMIT_NOFILE, &before); }
  rlimit before{};
};

}  // namespace

TEST_CASE("a new directory has its mode whatever the umask, which stays as it was") {
  temp_dir const parent;
  auto const held = hold(parent.path());
  mode_t const mask = GENERATE(mode_t{0}, mode_t{022}, mode_t{077}, mode_t{0777});
  mode_t const mode = GENERATE(mode_t{0711}, mode_t{0755});
  with_umask const other(mask);
  auto const made = placement::make_directory(held.get(), "new", mode);
  REQUIRE(made);
  CHECK(mode_of(made.get()) == mode);
  CHECK(umask(mask) == mask);
}

TEST_CASE("an ordinary user's new directory has its mode whatever the umask") {
  if (geteuid() != 0) return test::skip("needs root");
  temp_dir const parent;
  chmod(parent.path().c_str(), 01777);
  auto const held = hold(parent.path());
  with_umask const other(0777);
  REQUIRE(seteuid(65534) == 0);
  auto const made = placement::make_directory(held.get(), "new", 0711);
  int const failed = errno;
  if (seteuid(0) != 0) std::abort();
  CAPTURE(failed);
  REQUIRE(made);
  CHECK(mode_of(made.get()) == 0711);
}

TEST_CASE("a directory that is there is not made anew") {
  temp_dir const parent;
  fs::create_directory(parent / "old");
  auto const held = hold(parent.path());
  CHECK_FALSE(placement::make_directory(held.get(), "old", 0711));
  CHECK(errno == EEXIST);
  CHECK(fs::exists(parent / "old"));
}

TEST_CASE("a directory that cannot be opened once it is made is not left behind") {
  temp_dir const parent;
  auto const held = hold(parent.path());
  base::unique_fd made;
  int failed = 0;
  {
    without_descriptors const none;
    made = placement::make_directory(held.get(), "new", 0711);
    failed = errno;
  }
  CHECK_FALSE(made);
  CHECK(failed == EMFILE);
  CHECK(fs::is_empty(parent.path()));
}

TEST_CASE("no link, FIFO, device or file is opened as a directory inside another") {
  temp_dir const parent;
  auto const held = hold(parent.path());
  fs::create_directory(parent / "real");
  fs::create_directory_symlink(parent / "real", parent / "link");
  REQUIRE(mkfifo((parent / "fifo").c_str(), 0600) == 0);
  std::ofstream(parent / "file") << "x";
  CHECK(placement::open_inside(held.get(), "real", O_RDONLY | O_DIRECTORY));
  for (auto const* name : {"link", "fifo", "file"}) {
    CAPTURE(name);
    CHECK_FALSE(placement::open_inside(held.get(), name, O_RDONLY | O_DIRECTORY));
  }
}

TEST_CASE("what is mounted over a name is not opened inside the directory, with openat2 and without") {
  if (geteuid() != 0) return test::skip("needs root");
  temp_dir const parent;
  fs::create_directory(parent / "point");
  fs::create_directory(parent / "victim");
  test::attacker const other(true, [&] {
    test::bind_mount(parent / "victim", parent / "point");
    fs::create_directory(parent / "mounted");
  });
  for (int i = 0; i < 500 && !fs::exists(parent / "mounted"); ++i) usleep(10000);
  auto const seen = other.root().open_directory(parent.path());
  REQUIRE(seen);
  for (auto* open_it : {placement::open_inside, placement::open_inside_by_comparing}) {
    CHECK(open_it(seen.get(), "victim", O_RDONLY | O_DIRECTORY));
    CHECK_FALSE(open_it(seen.get(), "point", O_RDONLY | O_DIRECTORY));
    CHECK(errno == EXDEV);
  }
}
