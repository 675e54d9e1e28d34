#include "releases/known_contents.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/sha256.hpp"
#include "base/unique_fd.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t memory = 4000;

releases::file_hashes hashes;

/// A release of two files that OPcache has cached, and looked at.
class release {
 public:
  release() {
    fs::create_directories(path());
    std::ofstream(a()) << "<?php return 1;";
    std::ofstream(b()) << "<?php return 2;";
    cache.validates_timestamps = false;
    cache.state.counts.emplace().start_time = 100;
    cache.state.memory.emplace().wasted = 10'000;
    cache.scripts = {{a(), memory, 0, 0, true}, {b(), memory, 0, 0, true}};
  }

  [[nodiscard]] std::string path() const { return directory / "releases/1"; }
  [[nodiscard]] std::string a() const { return path() + "/a.php"; }
  [[nodiscard]] std::string b() const { return path() + "/b.php"; }

  [[nodiscard]] releases::known_contents known() const {
    auto seen = releases::look_at_contents(
        cache, path(), [](std::string const&) { return true; }, hashes);
    REQUIRE(seen);
    return *seen;
  }

  test::temp_dir directory;
  opcache::script_selection cache;
};

}  // namespace

TEST_CASE("a script is the same as long as less was given up than it takes") {
  release one;
  auto const known = one.known();
  CHECK(known.still_has(one.cache, one.a()));
  one.cache.state.memory->wasted += memory - 1;
  CHECK(known.still_has(one.cache, one.a()));
  one.cache.state.memory->wasted += 1;
  CHECK_FALSE(known.still_has(one.cache, one.a()));
}

TEST_CASE("a script is not known to be the same in another cache, or where OPcache tells something else of it") {
  release one;
  auto const known = one.known();
  SECTION("php-fpm was restarted") {
    one.cache.state.counts->start_time = 101;
  }
  SECTION("the cache was emptied by hand") {
    one.cache.state.counts->manual_restarts = 1;
  }
  SECTION("the cache was emptied because it was full") {
    one.cache.state.counts->oom_restarts = 1;
  }
  SECTION("the cache was emptied because its keys were used up") {
    one.cache.state.counts->hash_restarts = 1;
  }
  SECTION("less is wasted than was") {
    one.cache.state.memory->wasted = 0;
  }
  SECTION("the script takes another room") {
    one.cache.scripts.front().memory = memory + 8;
  }
  SECTION("the script was invalidated") {
    one.cache.scripts.front().valid = false;
  }
  SECTION("the script is gone") {
    one.cache.scripts.erase(one.cache.scripts.begin());
  }
  SECTION("OPcache does not tell") {
    one.cache.state.memory.reset();
  }
  CHECK_FALSE(known.still_has(one.cache, one.a()));
}

TEST_CASE("a file has the same bytes or other ones, whatever else of it changes") {
  release const one;
  auto const known = one.known();
  fs::remove(one.a());
  CHECK_FALSE(known.has_same_bytes(one.a(), hashes));
  std::ofstream(one.a()) << "<?php return 1;";
  CHECK(known.has_same_bytes(one.a(), hashes));
  std::ofstream(one.a()) << "<?php return 3;";
  CHECK_FALSE(known.has_same_bytes(one.a(), hashes));
  CHECK_FALSE(known.has_same_bytes(one.path() + "/c.php", hashes));
}

TEST_CASE("a link, or a file on a way that a link is on, is not read") {
  release const one;
  auto const known = one.known();
  SECTION("the file") {
    fs::rename(one.a(), one.directory / "elsewhere");
    fs::create_symlink(one.directory / "elsewhere", one.a());
  }
  SECTION("the directory") {
    fs::rename(one.path(), one.directory / "elsewhere");
    fs::create_directory_symlink(one.directory / "elsewhere", one.path());
  }
  SECTION("a pipe is not waited for") {
    fs::remove(one.a());
    REQUIRE(mkfifo(one.a().c_str(), 0644) == 0);
  }
  CHECK_FALSE(known.has_same_bytes(one.a(), hashes));
}

TEST_CASE("a file that is not as OPcache has it, or is not any more when it was read, is not known") {
  release const one;
  int asked = 0;
  auto const then_changed = [&](std::string const& path) { return path == one.a() ? false : asked++ == 0; };
  CHECK(releases::look_at_contents(one.cache, one.path(), then_changed, hashes)->scripts.empty());
}

TEST_CASE("nothing is known of contents where PHP goes by timestamps") {
  release one;
  one.cache.validates_timestamps = true;
  CHECK_FALSE(releases::look_at_contents(
      one.cache, one.path(), [](std::string const&) { return true; }, hashes));
}

TEST_CASE("what was kept of contents is read again") {
  release const one;
  base::unique_fd const beside(open(one.directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  auto const known = one.known();
  releases::keep_contents(beside.get(), "current", {known, {"/srv/other", 1, 2, 3, {}}});
  auto const read = releases::read_contents(beside.get(), "current");
  REQUIRE(read.size() == 2);
  CHECK(read[0].directory == one.path());
  CHECK(read[0].scripts.size() == 2);
  CHECK(read[0].scripts.at(one.a()).file.sha256 == base::sha256("<?php return 1;"));
  CHECK(read[0].still_has(one.cache, one.a()));
  CHECK(read[1].restarts == 2);
  CHECK(releases::read_contents(beside.get(), "other").empty());
  auto const mode = fs::status(one.directory / ".current.cachetool-contents").permissions();
  CHECK(mode == (fs::perms::owner_read | fs::perms::owner_write));  // a hash tells what may be in the file
}

TEST_CASE("what is no list of contents counts as an empty one") {
  test::temp_dir const directory;
  base::unique_fd const beside(open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::string const text = GENERATE("1 2 /srv/a\n", "1 2 3 srv/a\n", "-1 2 3 /srv/a\n", "\xff", "1 2 3 /srv/a\nx\n");
  std::ofstream(directory / ".current.cachetool-contents") << text;
  CHECK(releases::read_contents(beside.get(), "current").empty());
}

TEST_CASE("a line that is no script's is left out") {
  test::temp_dir const directory;
  base::unique_fd const beside(open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::string const line = GENERATE(" 1\n", " 1 abc name\n", " x \n", " \n");
  std::ofstream(directory / ".current.cachetool-contents") << line << "1 2 3 /srv/a\n" << line;
  auto const read = releases::read_contents(beside.get(), "current");
  REQUIRE(read.size() == 1);
  CHECK(read[0].scripts.empty());
}
