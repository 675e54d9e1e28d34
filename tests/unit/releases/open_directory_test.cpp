#include "releases/open_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <cachetool/error.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
namespace fs = std::filesystem;

namespace {

constexpr uid_t alice = 12345;
constexpr uid_t bob = 12346;

/// Where alice, bob and root have directories and links.
struct homes {
  test::temp_dir top;

  fs::path directory(std::string const& name, uid_t owner) const {
    fs::path const made = top / name;
    fs::create_directories(made);
    REQUIRE(chown(made.c_str(), owner, owner) == 0);
    return made;
  }

  fs::path link(std::string const& name, fs::path const& target, uid_t owner) const {
    fs::path const made = top / name;
    fs::create_symlink(target, made);
    REQUIRE(lchown(made.c_str(), owner, owner) == 0);
    return made;
  }
};

bool is_same(base::unique_fd const& opened, fs::path const& wanted) {
  struct stat a {};
  struct stat b {};
  return fstat(opened.get(), &a) == 0 && stat(wanted.c_str(), &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

}  // namespace

TEST_CASE("a directory is opened through links of root's and the caller's, absolute and relative") {
  homes const all;
  fs::path const site(all.top / "site");
  fs::create_directories(site / "below");
  fs::create_directory_symlink(site, all.top / "absolute");
  fs::create_directory_symlink("absolute", all.top / "again");
  CHECK(is_same(releases::open_directory((fs::path(all.top / "again") / "below").string()), site / "below"));
  CHECK(is_same(releases::open_directory((fs::path(all.top / "again") / "below" / "..").string()), site));
}

TEST_CASE("a link of another user's is followed to a directory of his own, and to nobody else's") {
  if (geteuid() != 0) return test::skip("needs root");
  homes const all;
  auto const hers = all.directory("alice", alice);
  auto const his = all.directory("bob", bob);
  CHECK(is_same(releases::open_directory(all.link("own", hers, alice).string()), hers));
  auto const trap = all.link("trap", his, alice);
  CHECK_THROWS_AS(releases::open_directory(trap.string()), error);
  auto const hidden = all.link("hidden", trap, bob);  // bob's own link, but alice's is on the way
  CHECK_THROWS_AS(releases::open_directory(hidden.string()), error);
}

TEST_CASE("a link of another user's to where root's own site lies is refused, with the directory to name instead") {
  if (geteuid() != 0) return test::skip("needs root");
  homes const all;
  auto const site = all.directory("site", 0);
  try {
    releases::open_directory(all.link("trap", site, alice).string());
    FAIL("it was followed");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::usage);
    CHECK(failed.hint().ends_with(fs::canonical(site).string()));
  }
}

TEST_CASE("links that lead round in a circle, and what is no directory, are errors") {
  homes const all;
  fs::create_symlink("b", all.top / "a");
  fs::create_symlink("a", all.top / "b");
  CHECK_THROWS_AS(releases::open_directory(all.top / "a"), error);
  CHECK_THROWS_AS(releases::open_directory(all.top / "missing"), error);
}
