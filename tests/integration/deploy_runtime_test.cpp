// Symfony Runtime, or code like it: a request includes the script that it began with a second time, by its name.

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <thread>

#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Visitors who never stop, and what they were answered.
class visitors {
 public:
  visitors(php_fpm const& server, site const& of) {
    for (int i = 0; i < 3; ++i) {
      threads_.emplace_back([this, &server, &of](std::stop_token const& stop) {
        while (!stop.stop_requested()) {
          std::string const answer = visit(server, of);
          std::lock_guard const lock(mutex_);
          seen_.insert(answer);
        }
      });
    }
  }

  texts finish() {
    threads_.clear();
    return seen_;
  }

 private:
  std::mutex mutex_;
  texts seen_;
  std::vector<std::jthread> threads_;
};

}  // namespace

TEST_CASE(
    "a request that includes its first script a second time gets it of the same release, however often that changes") {
  php_fpm const server{options_for(6, GENERATE(false, true))};
  runtime_site const pages;
  visits(server, pages, 12);
  visitors all(server, pages);
  for (auto const* name : {"2", "1", "2", "1", "2", "1"}) {
    auto const result = switch_to(server, pages, name);
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK_FALSE(contains(result.out, "OPcache reset"));
    CHECK(visits(server, pages, 8) == texts{std::string(name) + " " + name});
  }
  CHECK(all.finish() == texts{"1 1", "2 2"});
}

TEST_CASE("the files that are held back for that have their times again afterwards, and are cached") {
  php_fpm const server{options_for(3)};
  runtime_site const pages;
  visits(server, pages, 12);
  auto const before = fs::last_write_time(pages.release("1") + "/index.php");
  auto const next = fs::last_write_time(pages.release("2") + "/index.php");
  REQUIRE(switch_to(server, pages, "2").exit_code == 0);
  CHECK(fs::last_write_time(pages.release("1") + "/index.php") == before);
  CHECK(fs::last_write_time(pages.release("2") + "/index.php") == next);
  visits(server, pages, 8);
  auto const missed = misses(server);
  visits(server, pages, 8);
  CHECK(misses(server) == missed);
}

TEST_CASE("where such a script cannot be held back OPcache is reset, and why is said") {
  auto options = options_for(3);
  options.ini["opcache.file_update_protection"] = "0";
  php_fpm const server{options};
  runtime_site const pages;
  visits(server, pages, 12);
  SECTION("with a fallback") {
    auto const result = switch_to(server, pages, "2");
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "OPcache reset, confirmed"));
    CHECK(contains(result.out, "because Symfony Runtime includes " + pages.release("1") + "/index.php"));
    CHECK(visits(server, pages, 8) == texts{"2 2"});
  }
  SECTION("without one nothing is switched") {
    CHECK(switch_to(server, pages, "2", {"--no-fallback"}).exit_code == 4);
    CHECK(fs::read_symlink(pages.current()) == pages.release("1"));
    CHECK(visits(server, pages, 8) == texts{"1 1"});
  }
}

TEST_CASE("deploy:finish, after a switch by hand, holds such a script back, too") {
  php_fpm const server{options_for(3)};
  runtime_site const pages;
  visits(server, pages, 12);
  pages.link("2");
  auto const result = finish(server, pages);
  CHECK(result.exit_code == 0);
  CHECK_FALSE(contains(result.out, "OPcache reset"));
  CHECK(visits(server, pages, 12) == texts{"2 2"});
}

TEST_CASE("root changes no file's time in a release to which a link of somebody else's leads") {
  if (!is_root()) return does_not_apply("only root may change the times of another user's files");
  php_fpm const server{options_for(3)};
  runtime_site const pages;
  visits(server, pages, 12);
  bool const is_on_the_way = GENERATE(false, true);
  std::string const way = pages.directory() + "/way";
  std::filesystem::create_symlink(pages.directory() + "/releases", way);
  std::filesystem::remove(pages.current());
  std::filesystem::create_symlink(is_on_the_way ? way + "/2" : pages.release("2"), pages.current());
  constexpr uid_t nobody = 65534;
  REQUIRE(lchown(is_on_the_way ? way.c_str() : pages.current().c_str(), nobody, nobody) == 0);
  struct stat before {};
  REQUIRE(stat((pages.release("2") + "/index.php").c_str(), &before) == 0);
  auto const result = call(server, {"deploy:finish"});
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "OPcache reset, confirmed"));
  struct stat after {};
  REQUIRE(stat((pages.release("2") + "/index.php").c_str(), &after) == 0);
  CHECK(after.st_ctim.tv_sec == before.st_ctim.tv_sec);
  CHECK(after.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
  CHECK(visits(server, pages, 12) == texts{"2 2"});
}
