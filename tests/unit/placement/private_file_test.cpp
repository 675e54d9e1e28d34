#include "placement/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <cachetool/error.hpp>

#include "agent/agent.hpp"
#include "placement/attacker.hpp"
#include "placement/write_file.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using placement::private_file;
using test::temp_dir;

namespace {

namespace fs = std::filesystem;

struct stat look_at(std::string const& path) {
  struct stat info {};
  REQUIRE(lstat(path.c_str(), &info) == 0);
  return info;
}

mode_t mode_of(std::string const& path) {
  return look_at(path).st_mode & 07777U;
}

std::string text_of(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// An agent as a run leaves it.
void write_agent(std::string const& path, std::string_view text = agent::complete().text) {
  base::unique_fd const file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  REQUIRE(file);
  placement::write_agent(file.get(), text, 0444);
}

/// A directory as a run makes it, with a file in it.
std::string make_left_over(temp_dir const& base, uid_t user = geteuid(), char digit = 'a') {
  auto const path = base / ("cachetool-" + std::to_string(user) + "-" + std::string(32, digit));
  fs::create_directory(path);
  chmod(path.c_str(), 0711);
  write_agent(path + "/" + std::string(32, 'b') + ".php");
  return path;
}

void sweep(temp_dir const& base) {
  base::unique_fd const directory(open(base.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  placement::sweep_private_files(directory.get());
}

/// A directory as the caller names it.
placement::base_directory at(std::string const& path) {
  static placement::worker_root const ours;
  return {ours, path, true};
}

error failure(std::string const& base) {
  try {
    private_file const file(at(base), "<?php", 0400);
  } catch (error const& failed) {
    return failed;
  }
  FAIL("no error was thrown");
  throw 0;
}

}  // namespace

TEST_CASE("a private file holds its content, and is gone with its directory when the object is") {
  temp_dir const base;
  std::string path;
  {
    private_file const file(at(base.path()), "<?php // x", 0400);
    path = file.path();
    CHECK(text_of(path) == "<?php // x");
    CHECK(path.rfind(base / ("cachetool-" + std::to_string(geteuid()) + "-"), 0) == 0);
    CHECK(path.size() == base.path().size() + 12 + std::to_string(geteuid()).size() + 32 + 1 + 32 + 4);
  }
  CHECK(fs::is_empty(base.path()));
}

TEST_CASE("a private file has its mode and the modification time 0, and a directory that others may only pass") {
  temp_dir const base;
  mode_t const mask = GENERATE(mode_t{0}, mode_t{022}, mode_t{077}, mode_t{0777});
  mode_t const mode = GENERATE(mode_t{0400}, mode_t{0444});
  mode_t const before = umask(mask);
  private_file const file(at(base.path()), "<?php", mode);
  umask(before);
  CHECK(mode_of(file.path()) == mode);
  CHECK(look_at(file.path()).st_mtime == 0);
  CHECK(mode_of(fs::path(file.path()).parent_path()) == 0711);
}

TEST_CASE("two private files in one place have different names") {
  temp_dir const base;
  private_file const one(at(base.path()), "1", 0400);
  private_file const two(at(base.path()), "2", 0400);
  CHECK(fs::path(one.path()).parent_path() != fs::path(two.path()).parent_path());
  CHECK(fs::path(one.path()).filename() != fs::path(two.path()).filename());
  CHECK(text_of(one.path()) == "1");
}

TEST_CASE("a private file that was moved from leaves its file to the other") {
  temp_dir const base;
  std::optional<private_file> first(std::in_place, at(base.path()), "x", 0400);
  private_file const second(std::move(*first));
  first.reset();
  CHECK(text_of(second.path()) == "x");
}

TEST_CASE("a base that does not exist is made for all to enter, and removed again") {
  temp_dir const parent;
  auto const base = parent / "new";
  mode_t const before = umask(077);
  {
    private_file const file(at(base), "x", 0400);
    umask(before);
    CHECK(mode_of(base) == 0711);
    CHECK(text_of(file.path()) == "x");
  }
  CHECK_FALSE(fs::exists(base));
}

TEST_CASE("a base that was made stays when somebody else has put a file there") {
  temp_dir const parent;
  auto const base = parent / "new";
  {
    private_file const file(at(base), "x", 0400);
    std::ofstream(base + "/theirs") << "y";
  }
  CHECK(fs::exists(base + "/theirs"));
}

TEST_CASE("a base that cannot be used is an error that names it") {
  temp_dir const parent;
  std::ofstream(parent / "file") << "x";
  std::string const below = GENERATE(as<std::string>{}, "/file", "/no/such", "/file/below");
  auto const base = parent.path() + below;
  auto const failed = failure(base);
  CHECK(failed.kind() == error_kind::placement);
  CHECK(failed.message().find("cannot use the directory " + base) == 0);
}

TEST_CASE("a base that everybody can write is used only if it has the sticky bit") {
  temp_dir const base;
  chmod(base.path().c_str(), 0777);
  auto const failed = failure(base.path());
  CHECK(failed.kind() == error_kind::placement);
  CHECK(failed.message().find("has no sticky bit") != std::string::npos);
  CHECK(failed.hint().find("chmod +t " + base.path()) == 0);
  CHECK(fs::is_empty(base.path()));
  chmod(base.path().c_str(), 01777);
  CHECK(text_of(private_file(at(base.path()), "x", 0400).path()) == "x");
}

TEST_CASE("a base that cannot be written is an error, and nothing is left") {
  temp_dir const base;
  chmod(base.path().c_str(), 0555);
  uid_t const user = geteuid();
  if (user == 0) REQUIRE(seteuid(65534) == 0);  // root can write everywhere
  auto const failed = failure(base.path());
  if (user == 0) REQUIRE(seteuid(0) == 0);
  CHECK(failed.message() == "cannot make a private directory in " + base.path() + ": Permission denied");
  CHECK(fs::is_empty(base.path()));
}

TEST_CASE("a left-over of a run that was killed is swept") {
  temp_dir const base;
  make_left_over(base);
  sweep(base);
  CHECK(fs::is_empty(base.path()));
}

TEST_CASE("a left-over is swept by the next private file") {
  temp_dir const base;
  auto const left = make_left_over(base);
  private_file const file(at(base.path()), "x", 0400);
  CHECK_FALSE(fs::exists(left));
}

TEST_CASE("a directory that is in use is not swept") {
  temp_dir const base;
  private_file const file(at(base.path()), "x", 0400);
  sweep(base);
  CHECK(fs::exists(file.path()));
}

TEST_CASE("a directory of another user is not swept, even by root") {
  if (geteuid() != 0) return test::skip("needs root");
  temp_dir const base;
  auto const foreign = make_left_over(base);
  REQUIRE(chown(foreign.c_str(), 65534, 65534) == 0);
  sweep(base);
  CHECK(fs::exists(foreign));
}

TEST_CASE("a directory that others can write is not swept") {
  temp_dir const base;
  auto const open_to_all = make_left_over(base);
  chmod(open_to_all.c_str(), 0777);
  sweep(base);
  CHECK(fs::exists(open_to_all));
}

TEST_CASE("what a symbolic link with our name points at is not swept") {
  temp_dir const base;
  temp_dir const elsewhere;
  auto const target = make_left_over(elsewhere);
  fs::create_directory_symlink(target, base / ("cachetool-" + std::to_string(geteuid()) + "-" + std::string(32, 'c')));
  sweep(base);
  CHECK(fs::exists(target + "/" + std::string(32, 'b') + ".php"));
}

TEST_CASE("a directory with another name or other files is not swept") {
  temp_dir const base;
  auto const named = base / ("cachetool-" + std::to_string(geteuid()) + "-short");
  fs::create_directory(named);
  auto const holding = make_left_over(base);
  std::ofstream(holding + "/notes.txt") << "x";
  sweep(base);
  CHECK(fs::exists(named));
  CHECK(fs::exists(holding + "/notes.txt"));
}

TEST_CASE("what was put in the place of the new directory keeps its mode, and a file in it stays") {
  temp_dir const base;
  auto const victim = base / "victim";
  fs::create_directory(victim);
  chmod(victim.c_str(), 0700);
  std::ofstream(victim + "/" + std::string(32, 'b') + ".php") << "<?php // of the victim";
  base::unique_fd const held(open(victim.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  auto const means = GENERATE(test::swap_by::rename, test::swap_by::mount);
  if (means == test::swap_by::mount && geteuid() != 0) return test::skip("needs root");
  auto const prefix = "cachetool-" + std::to_string(geteuid()) + "-";
  int const swapped = test::while_swapped(means, base.path(), prefix, victim, [&](placement::worker_root const& root) {
    try {
      private_file const file({root, base.path(), true}, agent::complete().text, 0444);
    } catch (error const& failed) {
      CHECK(failed.kind() == error_kind::placement);
    }
  });
  CHECK(swapped > 0);
  struct stat info {};
  REQUIRE(fstat(held.get(), &info) == 0);
  CHECK((info.st_mode & 07777U) == 0700);
  CHECK(faccessat(held.get(), (std::string(32, 'b') + ".php").c_str(), F_OK, 0) == 0);
}

TEST_CASE("a file that is not an agent's is not swept, whatever its directory is called") {
  temp_dir const base;
  auto const directory = base / ("cachetool-" + std::to_string(geteuid()) + "-" + std::string(32, 'a'));
  fs::create_directory(directory);
  auto const file = directory + "/" + std::string(32, 'b') + ".php";
  SECTION("another file") {
    write_agent(file, "<?php // a script of somebody's");
  }
  SECTION("an empty file") {
    write_agent(file, "");
  }
  SECTION("an agent that was changed since") {
    write_agent(file);
    fs::last_write_time(file, fs::file_time_type::clock::now());
  }
  SECTION("one that others may write") {
    write_agent(file);
    chmod(file.c_str(), 0666);
  }
  SECTION("an agent that has another name as well") {
    write_agent(base / "agent.php");
    fs::create_hard_link(base / "agent.php", file);
  }
  SECTION("an agent beside another file") {
    write_agent(file);
    std::ofstream(directory + "/" + std::string(32, 'c') + ".php") << "<?php";
  }
  SECTION("a link to an agent") {
    write_agent(base / "agent.php");
    fs::create_symlink(base / "agent.php", file);
  }
  SECTION("a FIFO") {
    REQUIRE(mkfifo(file.c_str(), 0400) == 0);
  }
  SECTION("a directory") {
    fs::create_directory(file);
  }
  sweep(base);
  CHECK(fs::exists(fs::symlink_status(file)));
}

TEST_CASE("an agent that was not yet finished is swept") {
  temp_dir const base;
  auto const directory = make_left_over(base);
  auto const file = directory + "/" + std::string(32, 'b') + ".php";
  chmod(file.c_str(), 0600);
  fs::last_write_time(file, fs::file_time_type::clock::now());
  sweep(base);
  CHECK(fs::is_empty(base.path()));
}

TEST_CASE("what is mounted where a left-over was is not swept") {
  if (geteuid() != 0) return test::skip("needs root");
  temp_dir const base;
  temp_dir const elsewhere;
  auto const victim = make_left_over(elsewhere);
  auto const point = base / fs::path(victim).filename();
  fs::create_directory(point);
  test::attacker const other(true, [&] {
    test::bind_mount(victim, point);
    std::ofstream(elsewhere / "mounted");
  });
  for (int i = 0; i < 500 && !fs::exists(elsewhere / "mounted"); ++i) usleep(10000);
  REQUIRE(fs::exists(elsewhere / "mounted"));
  auto const seen = other.root().open_directory(base.path());
  REQUIRE(seen);
  placement::sweep_private_files(seen.get());
  CHECK(fs::exists(victim + "/" + std::string(32, 'b') + ".php"));
}

TEST_CASE("a FIFO, a device or a file in the place of a left-over is not opened, and stays") {
  temp_dir const base;
  auto const path = base / ("cachetool-" + std::to_string(geteuid()) + "-" + std::string(32, 'a'));
  SECTION("a FIFO") {
    REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  }
  SECTION("a device") {
    if (geteuid() != 0) return test::skip("needs root");
    REQUIRE(mknod(path.c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0);
  }
  SECTION("a file") {
    std::ofstream(path) << "x";
  }
  sweep(base);
  CHECK(fs::exists(fs::symlink_status(path)));
}

TEST_CASE("every agent begins as agents do, so that what a killed run leaves of it is swept") {
  for (agent::operation const& each : agent::operations()) {
    CAPTURE(each.name);
    CHECK(agent::begins_an_agent(each.agent.text));
  }
  CHECK(agent::begins_an_agent(agent::complete().text));
  CHECK_FALSE(agent::begins_an_agent("<?php\n// Something else."));
}

TEST_CASE("a place that php-fpm names is judged by where it leads, and by who may enter it") {
  if (geteuid() != 0) return test::skip("needs root");
  static placement::worker_root const ours;
  temp_dir const parent;
  auto const refused = [](std::string const& path) {
    try {
      private_file const file({ours, path, false, {}, std::vector<uid_t>{33}}, "x", 0444);
    } catch (error const& failed) {
      return failed.message();
    }
    return std::string();
  };
  fs::create_directory_symlink("/usr/lib", parent / "link");
  CHECK(refused(parent / "link").find("is one of the system's") != std::string::npos);
  if (fs::exists("/var/lib/dpkg")) CHECK(refused("/var/lib/dpkg").find("is one of the system's") != std::string::npos);
  if (fs::is_symlink("/var/lock")) CHECK(refused("/var/lock").find("is one of the system's") != std::string::npos);
  fs::create_directory(parent / "home");
  chmod((parent / "home").c_str(), 0700);
  REQUIRE(chown((parent / "home").c_str(), 65534, 65534) == 0);
  CHECK(refused(parent / "home").find("may not enter") != std::string::npos);
  REQUIRE(chown((parent / "home").c_str(), 33, 33) == 0);
  CHECK(refused(parent / "home").empty());
  CHECK(refused(parent.path()).empty());
}
