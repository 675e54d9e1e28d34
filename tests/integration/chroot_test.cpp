// --fcgi-chroot against a php-fpm whose workers are in a chroot.

#include <unistd.h>

#include <filesystem>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/php_fpm.hpp"
#include "support/program.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::contains;
using test::fpm_options;
using test::fpm_pool;
using test::php_fpm;
using test::run_program;

namespace {

struct chrooted {
  chrooted() {
    std::filesystem::create_directories(root / "tmp");
    std::filesystem::permissions(root / "tmp", std::filesystem::perms::all | std::filesystem::perms::sticky_bit);
    fpm_options options;
    options.pools = {fpm_pool{.lines = {"chroot = " + root.path()}}};
    server.emplace(options);
  }

  test::program_result run(std::vector<std::string> arguments) const {
    arguments.push_back("--fcgi=" + server->endpoint().text());
    return run_program(arguments);
  }

  test::temp_dir root;
  std::optional<php_fpm> server;
};

}  // namespace

TEST_CASE("--fcgi-chroot leads into a chrooted php-fpm, and leaves nothing there") {
  if (geteuid() != 0) return test::skip("needs root");
  chrooted const pool;
  auto const result = pool.run({"opcache:status", "--fcgi-chroot=" + pool.root.path()});
  CHECK(result.err.empty());
  CHECK(result.exit_code == 0);
  CHECK(std::filesystem::is_empty(pool.root / "tmp"));
}

TEST_CASE("all workers of a chroot without /proc, which cannot tell their pool's name, are counted") {
  if (geteuid() != 0) return test::skip("needs root");
  chrooted const pool;
  auto const result = pool.run({"stat:clear"});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "cleared in 2/2 workers"));
}

TEST_CASE("--tmp-dir names a directory in the chroot by its path outside") {
  if (geteuid() != 0) return test::skip("needs root");
  chrooted const pool;
  auto const result =
      pool.run({"opcache:status", "--fcgi-chroot=" + pool.root.path(), "-t", pool.root / "tmp/agents", "-vv"});
  CHECK(contains(result.err, "Agent: /tmp/agents/cachetool-0-"));
  CHECK(result.exit_code == 0);
  CHECK(std::filesystem::is_empty(pool.root / "tmp"));
}

TEST_CASE("a wrong --fcgi-chroot is an error that says what php-fpm cannot see") {
  if (geteuid() != 0) return test::skip("needs root");
  chrooted const pool;
  test::temp_dir const other;
  auto const result = pool.run({"opcache:status", "--fcgi-chroot=" + other.path()});
  CHECK(contains(result.err, "php-fpm cannot see /"));
  CHECK(result.exit_code == 5);
}
