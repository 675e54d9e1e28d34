#include "placement/placement.hpp"

#include <filesystem>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;

namespace {

auto const some_endpoint = fastcgi::endpoint::tcp("127.0.0.1", 9000);

placement::options in_chroot(std::string const& chroot, std::string const& tmp_dir = "") {
  placement::options options;
  options.chroot = chroot;
  options.tmp_dir = tmp_dir;
  return options;
}

std::string placed(placement::options const& options) {
  agent::observer nobody;
  return placement::placer(options, some_endpoint, nobody).path(agent::source_for("opcache.reset"), std::nullopt);
}

std::string usage_error(placement::options const& options) {
  agent::observer nobody;
  try {
    placement::placer const place(options, some_endpoint, nobody);
  } catch (error const& failed) {
    REQUIRE(failed.kind() == error_kind::usage);
    return failed.message();
  }
  return "";
}

}  // namespace

TEST_CASE("in a chroot the agent's path is the one that a worker sees") {
  test::temp_dir const root;
  CHECK(placed(in_chroot(root.path())).find("/cachetool-") == 0);
  std::filesystem::create_directory(root / "tmp");
  CHECK(placed(in_chroot(root.path())).find("/tmp/cachetool-") == 0);
  CHECK(std::filesystem::is_empty(root / "tmp"));
}

TEST_CASE("a temporary directory in a chroot is named by its path outside") {
  test::temp_dir const root;
  std::filesystem::create_directories(root / "var/agents");
  CHECK(placed(in_chroot(root.path(), root / "var/agents")).find("/var/agents/cachetool-") == 0);
  CHECK(placed(in_chroot(root.path() + "//", root / "var/../var/agents/")).find("/var/agents/cachetool-") == 0);
}

TEST_CASE("a temporary directory outside of the chroot is refused") {
  test::temp_dir const root;
  CHECK(usage_error(in_chroot(root.path(), "/tmp")) == "the directory /tmp does not lie in the chroot " + root.path());
}

TEST_CASE("a directory whose name only begins as the chroot's lies outside") {
  test::temp_dir const root;
  CHECK_FALSE(usage_error(in_chroot(root.path(), root.path() + "-other")).empty());
}

TEST_CASE("a chroot that is no directory is refused") {
  CHECK(usage_error(in_chroot("/no/such/directory")) == "the chroot /no/such/directory is no directory");
}

TEST_CASE("the root directory is no chroot") {
  test::temp_dir const directory;
  CHECK(placed(in_chroot("/", directory.path())).find(directory.path() + "/cachetool-") == 0);
}

TEST_CASE("a placer for which no place was left begins with the first one again") {
  test::temp_dir const root;
  agent::observer nobody;
  placement::placer place(in_chroot(root.path()), some_endpoint, nobody);
  agent::source const source = agent::source_for("opcache.reset");
  auto const reject_all = [&] {
    for (;;) place.reject(place.path(source, std::nullopt), error(error_kind::access_denied, "no"), {});
  };
  for (int i = 0; i < 2; ++i) {
    CHECK_THROWS_AS(reject_all(), error);
    CHECK(place.is_exhausted());
  }
  CHECK(std::filesystem::exists(root.path() + place.path(source, std::nullopt)));
  CHECK_FALSE(place.is_exhausted());
}

TEST_CASE("a path is not given out again when its file made way for another one that found no place") {
  test::temp_dir const root;
  agent::observer nobody;
  placement::placer place(in_chroot(root.path()), some_endpoint, nobody);
  agent::source const first = agent::source_for("opcache.reset");
  REQUIRE(std::filesystem::exists(root.path() + place.path(first, std::nullopt)));
  std::filesystem::remove_all(root.path());
  CHECK_THROWS_AS(place.path(agent::source_for("apcu.info"), std::nullopt), error);
  CHECK_THROWS_AS(place.path(first, std::nullopt), error);
}
