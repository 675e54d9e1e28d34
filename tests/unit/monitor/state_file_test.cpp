#include "monitor/state_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <cachetool/error.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using monitor::state_directory;

namespace fs = std::filesystem;

TEST_CASE("what was written is read, in a directory that is made for it") {
  test::temp_dir const around;
  std::string const path = around / "state";
  state_directory(path).write("a.json", "one");
  state_directory(path).write("a.json", "two");
  CHECK(state_directory(path).read("a.json") == "two");
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
  REQUIRE(stat((path + "/a.json").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(std::distance(fs::directory_iterator(path), fs::directory_iterator()) == 1);
}

TEST_CASE("a file that others may write, that is huge, a link or a pipe, is not believed") {
  test::temp_dir const around;
  std::string const path = around / "state";
  state_directory const state(path);
  std::ofstream(path + "/open.json") << "x";
  fs::permissions(path + "/open.json", fs::perms::group_write, fs::perm_options::add);
  std::ofstream(path + "/huge.json") << "x";
  fs::resize_file(path + "/huge.json", (std::uintmax_t{1} << 20) + 1);
  std::ofstream(path + "/good.json") << "good";
  fs::create_symlink("good.json", path + "/link.json");
  REQUIRE(mkfifo((path + "/pipe.json").c_str(), 0600) == 0);
  CHECK(state.read("open.json").empty());
  CHECK(state.read("huge.json").empty());
  CHECK(state.read("link.json").empty());
  CHECK(state.read("pipe.json").empty());
  CHECK(state.read("none.json").empty());
  CHECK(state.read("good.json") == "good");
}

TEST_CASE("a directory that others may write, or a link to one, is refused") {
  test::temp_dir const around;
  std::string const path = around / "state";
  fs::create_directory(path);
  fs::permissions(path, fs::perms::all);
  CHECK_THROWS_AS(state_directory(path), error);
  fs::permissions(path, fs::perms::owner_all);
  fs::create_directory_symlink("state", around / "link");
  CHECK_THROWS_AS(state_directory(around / "link"), error);
  CHECK_THROWS_AS(state_directory(around / "none/state"), error);
  CHECK_NOTHROW(state_directory(path));
}

TEST_CASE("somebody else's directory is refused") {
  if (geteuid() != 0) return test::does_not_apply("only root can make a directory of somebody else");
  test::temp_dir const around;
  std::string const path = around / "state";
  fs::create_directory(path);
  REQUIRE(chown(path.c_str(), 65534, 65534) == 0);
  CHECK_THROWS_AS(state_directory(path), error);
}
