#include "releases/site_link.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>
#include <utility>

#include <cachetool/error.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace {

// What happens to the next renames. An errno of 0: they are done, and say so.
struct rename_faults {
  int exchange = 0;              // instead of being done
  int rename = 0;                // after it was done
  std::function<void()> before;  // an exchange that is done
  int second_exchange = 0;       // instead of being done, of the one after it
};
rename_faults faults;

int failing(int code) {
  errno = code;
  return -1;
}

}  // namespace

extern "C" int renameat2(int from, char const* old_name, int to, char const* new_name, unsigned flags) noexcept {
  int const code = std::exchange(faults.exchange, std::exchange(faults.second_exchange, 0));
  if (code > 0) return failing(code);
  if (auto const before = std::exchange(faults.before, nullptr)) before();
  return static_cast<int>(syscall(SYS_renameat2, from, old_name, to, new_name, flags));
}

extern "C" int renameat(int from, char const* old_name, int to, char const* new_name) noexcept {
  int const done = static_cast<int>(syscall(SYS_renameat2, from, old_name, to, new_name, 0U));
  int const code = std::exchange(faults.rename, 0);
  return code > 0 && done == 0 ? failing(code) : done;
}

using namespace cachetool;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using releases::site_link;

namespace {

class site {
 public:
  site() {
    for (auto const* name : {"1", "2", "3"}) fs::create_directories(release(name));
    fs::create_directory_symlink(release("1"), current());
  }

  void lead_by_hand(std::string const& name) const {
    fs::remove(current());
    fs::create_directory_symlink(release(name), current());
  }

  [[nodiscard]] std::string release(std::string const& name) const { return directory / "site/releases/" + name; }
  [[nodiscard]] std::string current() const { return directory / "site/current"; }
  [[nodiscard]] std::string target() const { return fs::read_symlink(current()); }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory / "site"), {}));
  }

  test::temp_dir directory;
};

void nobody_waits(std::string const& /*holder*/) {
  FAIL("it waits");
}

template <typename Action>
std::string failure_of(Action const& action) {
  try {
    action();
  } catch (error const& failed) {
    return failed.what();
  }
  return "";
}

bool says(std::string const& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a link is led elsewhere in one step, and nothing is left beside it") {
  site const app;
  site_link link(app.current());
  link.lead_to(app.release("2"));
  CHECK(app.target() == app.release("2"));
  CHECK(app.entries() == 2);
  CHECK(link.is_as_left());
}

TEST_CASE("a rename that was done is known to be, though the file system reports that there is no such file") {
  site const app;
  site_link link(app.current());
  faults.exchange = EINVAL;
  faults.rename = ENOENT;  // as over NFS, when the answer to the first try was lost
  link.lead_to(app.release("2"));
  CHECK(app.target() == app.release("2"));
  CHECK(link.is_as_left());
  CHECK(app.entries() == 2);
}

TEST_CASE("a rename that was not done is an error, and leaves nothing") {
  site const app;
  site_link link(app.current());
  faults.exchange = EIO;
  CHECK(says(failure_of([&] { link.lead_to(app.release("2")); }), "cannot switch the link"));
  CHECK(app.target() == app.release("1"));
  CHECK(app.entries() == 2);
}

TEST_CASE("a link of somebody else's that came out, and cannot be put back, is kept and named") {
  site const app;
  site_link link(app.current());
  faults.before = [&] { app.lead_by_hand("3"); };
  faults.second_exchange = EIO;
  std::string const text = failure_of([&] { link.lead_to(app.release("2")); });
  CHECK(says(text, "cannot be put back"));
  std::size_t const at = text.find(".current.");
  REQUIRE(at != std::string::npos);
  CHECK(fs::read_symlink(app.directory / ("site/" + text.substr(at, 9 + 32))) == app.release("3"));
}

TEST_CASE("a link that was not there is made") {
  site const app;
  fs::remove(app.current());
  site_link(app.current()).lead_to(app.release("2"));
  CHECK(app.target() == app.release("2"));
}

TEST_CASE("a link that somebody else has led elsewhere, made or removed meanwhile is left as it is") {
  site const app;
  SECTION("led elsewhere") {
    site_link link(app.current());
    app.lead_by_hand("3");
    CHECK(says(failure_of([&] { link.lead_to(app.release("2")); }), "somebody else has changed"));
    CHECK(app.target() == app.release("3"));
  }
  SECTION("led elsewhere in the last moment") {
    site_link link(app.current());
    auto const check = [&] { app.lead_by_hand("3"); };
    CHECK(says(failure_of([&] { link.lead_to(app.release("2"), check); }), "somebody else has changed"));
    CHECK(app.target() == app.release("3"));
  }
  SECTION("made") {
    fs::remove(app.current());
    site_link link(app.current());
    fs::create_directory_symlink(app.release("3"), app.current());
    CHECK(says(failure_of([&] { link.lead_to(app.release("2")); }), "somebody else has changed"));
    CHECK(app.target() == app.release("3"));
  }
  SECTION("removed") {
    site_link link(app.current());
    fs::remove(app.current());
    CHECK(says(failure_of([&] { link.lead_to(app.release("2")); }), "somebody else has changed"));
    CHECK_FALSE(fs::is_symlink(app.current()));
  }
  CHECK(app.entries() <= 2);
}

TEST_CASE("a file that comes to stand in the place of the link is not replaced") {
  site const app;
  site_link link(app.current());
  fs::remove(app.current());
  std::ofstream(app.current()) << "precious";
  CHECK_FALSE(failure_of([&] { link.lead_to(app.release("2")); }).empty());
  CHECK(fs::is_regular_file(app.current()));
  CHECK(app.entries() == 2);
}

TEST_CASE("a directory that comes to stand in the place of the link's is not touched") {
  site const app;
  site_link link(app.current());
  fs::rename(app.directory / "site", app.directory / "moved");
  fs::create_directory(app.directory / "other");
  std::ofstream(app.directory / "other/current") << "precious";
  fs::create_directory_symlink(app.directory / "other", app.directory / "site");
  CHECK(says(failure_of([&] { link.lead_to(app.release("2")); }), "somebody else has changed"));
  CHECK(fs::is_regular_file(app.directory / "other/current"));
  CHECK(fs::read_symlink(app.directory / "moved/current") == app.release("1"));
}

TEST_CASE("what the check throws leaves the link as it is, and nothing beside it") {
  site const app;
  site_link link(app.current());
  CHECK_THROWS_AS(link.lead_to(app.release("2"), [] { throw std::runtime_error("no"); }), std::runtime_error);
  CHECK(app.target() == app.release("1"));
  CHECK(app.entries() == 2);
}

TEST_CASE("a second deployment waits for the first, and is told who it is") {
  site const app;
  site_link second(app.current());
  std::string holder;
  {
    site_link first(app.current());
    first.lock(1s, nobody_waits);
    auto const waiting = [&holder](std::string const& who) { holder = who; };
    CHECK(says(failure_of([&] { second.lock(100ms, waiting); }), "has not ended in time"));
  }
  CHECK((geteuid() != 0 || says(holder, "process " + std::to_string(getpid()))));
  second.lock(1s, nobody_waits);
}

TEST_CASE("who waited for another deployment knows the link as that one left it") {
  site const app;
  site_link second(app.current());
  site_link(app.current()).lead_to(app.release("3"));
  second.lock(1s, nobody_waits);
  second.lead_to(app.release("2"));
  CHECK(app.target() == app.release("2"));
}

TEST_CASE("what a deployment left that was killed is swept by the next, and nothing else") {
  site const app;
  std::string const digits(32, 'a');
  fs::create_symlink(app.release("3"), app.directory / "site/.current." + digits);
  fs::create_symlink(app.release("3"), app.directory / "site/.current.backup");
  fs::create_symlink(app.release("3"), app.directory / "site/.other." + digits);
  fs::create_directory(app.directory / "site/.current." + std::string(32, 'b'));
  site_link(app.current()).lock(1s, nobody_waits);
  CHECK_FALSE(fs::is_symlink(app.directory / "site/.current." + digits));
  CHECK(app.entries() == 5);
}

TEST_CASE(
    "a directory that somebody has filled does not keep a deployment: what is left of the rest is swept by the next") {
  site const app;
  constexpr int many = 10'400;
  auto const left_over = [&app](int number) {
    std::string const digits = std::to_string(number);
    return app.directory / ("site/.current." + std::string(32 - digits.size(), '0') + digits);
  };
  auto const left = [&] {
    int count = 0;
    for (int i = 0; i < many; ++i) count += fs::is_symlink(left_over(i)) ? 1 : 0;
    return count;
  };
  for (int i = 0; i < many; ++i) fs::create_symlink("releases/3", left_over(i));
  site_link(app.current()).lock(1s, nobody_waits);
  CHECK(left() >= 400);
  CHECK(left() < 1000);
  site_link(app.current()).lock(1s, nobody_waits);
  CHECK(left() == 0);
}

TEST_CASE("the command that shows where a link leads now is quoted for the shell") {
  test::temp_dir const directory;
  std::string const current = directory / "$(touch pwned)";
  site_link link(current);
  fs::create_directory_symlink(directory / "1", current);
  try {
    link.lead_to(directory / "2");
    FAIL("it was led elsewhere");
  } catch (error const& failed) {
    CHECK(says(failed.hint(), "(ls -l '" + current + "')"));
  }
}
