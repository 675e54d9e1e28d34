// opcache:reset:file-cache, and what else touches OPcache's files.

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::call;
using test::contains;
using test::php_fpm;
namespace fs = std::filesystem;

namespace {

/// A php-fpm with a file cache that its workers may write.
class file_cache_fixture {
 public:
  file_cache_fixture() : server_({.ini = {{"opcache.file_cache", directory_.path()}}}) {
    fs::permissions(directory_.path(), fs::perms::all);
    script_ = server_.write_script("a.php", "<?php return 1;");
    odd_ = server_.write_script("it's.print(42).'.php", "<?php return 2;");
    call(server_, {"opcache:compile:scripts", server_.document_root()});
  }

 protected:
  [[nodiscard]] std::size_t files() const {
    std::size_t count = 0;
    for (auto const& entry : fs::recursive_directory_iterator(directory_.path())) count += entry.is_regular_file();
    return count;
  }

  [[nodiscard]] fs::path system_directory() const { return fs::directory_iterator(directory_.path())->path(); }

  test::temp_dir directory_;
  php_fpm server_;
  std::string script_;
  std::string odd_;
};

}  // namespace

TEST_CASE_METHOD(file_cache_fixture, "the file cache is emptied whatever its files are called") {
  REQUIRE(files() >= 2);
  auto const before = files();
  auto const output = call(server_, {"opcache:reset:file-cache", "--force"});
  CHECK(output.out == "Deleted " + std::to_string(before) + " files.\n");
  CHECK(output.err.empty());
  CHECK(output.exit_code == 0);
  CHECK(fs::is_empty(directory_.path()));
}

TEST_CASE_METHOD(file_cache_fixture, "nothing is deleted when nobody can be asked") {
  auto const before = files();
  auto const output = call(server_, {"opcache:reset:file-cache"});
  CHECK(output.out == "Aborted file deletion\n");
  CHECK(contains(output.err, "--force"));
  CHECK(output.exit_code == 2);
  CHECK(files() == before);
}

TEST_CASE_METHOD(file_cache_fixture, "on a terminal the answer decides") {
  auto const before = files();
  for (std::string const answer : {"n\n", "\n", "yes\n"}) {
    int const terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(grantpt(terminal) == 0);
    REQUIRE(unlockpt(terminal) == 0);
    int const input = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(write(terminal, answer.data(), answer.size()) == static_cast<ssize_t>(answer.size()));
    test::program_options options;
    options.standard_input = input;
    auto const output = test::run_program({"opcache:reset:file-cache", "--fcgi", server_.endpoint().text()}, options);
    close(input);
    close(terminal);
    bool const agreed = answer == "yes\n";
    CHECK(output.err == "Are you sure you want to delete the contents of " + directory_.path() + "? [no] ");
    CHECK(output.out == (agreed ? "Deleted " + std::to_string(before) + " files.\n" : "Aborted file deletion\n"));
    CHECK(output.exit_code == 0);
    CHECK(files() == (agreed ? 0 : before));
  }
}

TEST_CASE_METHOD(file_cache_fixture, "no link in the file cache is followed") {
  test::temp_dir const elsewhere;
  std::ofstream{elsewhere / "precious.bin"} << "x";
  fs::create_directory_symlink(elsewhere.path(), system_directory() / "link");
  fs::create_symlink(elsewhere / "precious.bin", system_directory() / "link.bin");
  auto const output = call(server_, {"opcache:reset:file-cache", "-f"});
  CHECK(fs::exists(elsewhere / "precious.bin"));
  CHECK(contains(output.err, "/link was not deleted: it is not of OPcache's making"));
  CHECK(output.exit_code == 1);
}

TEST_CASE_METHOD(file_cache_fixture, "a directory that holds anything else is not touched") {
  std::ofstream{directory_ / "alien"} << "x";
  auto const before = files();
  auto const output = call(server_, {"opcache:reset:file-cache", "-f"});
  CHECK(contains(output.err, "\"alien\" is in it"));
  CHECK(output.exit_code == 1);
  CHECK(files() == before);
}

TEST_CASE_METHOD(file_cache_fixture, "files of another user are named, and the others deleted") {
  if (geteuid() != 0) return test::skip("needs root");
  fs::create_directory(system_directory() / "theirs");
  std::ofstream{system_directory() / "theirs/a.bin"} << "x";
  auto const output = call(server_, {"opcache:reset:file-cache", "-f"});
  CHECK(contains(output.err, "/theirs/a.bin was not deleted: Permission denied (it belongs to user 0)"));
  CHECK(contains(output.err, "1 file could not be deleted"));
  CHECK(output.exit_code == 1);
  CHECK(files() == 1);
}

TEST_CASE_METHOD(file_cache_fixture, "invalidating a script takes it out of the file cache too") {
  auto const before = files();
  call(server_, {"opcache:invalidate:scripts", "--force", "/a\\.php$"});
  CHECK(files() == before - 1);
}

TEST_CASE("without a file cache there is nothing to empty") {
  php_fpm const server;
  auto const output = call(server, {"opcache:reset:file-cache", "--force"});
  CHECK(contains(output.err, "opcache.file_cache is not set"));
  CHECK(output.exit_code == 1);
}

TEST_CASE("old code that comes back from a file cache in which PHP may replace nothing is told of") {
  if (php_fpm::version() != "8.5") return test::does_not_apply("opcache.file_cache_read_only came with PHP 8.5");
  test::temp_dir const cache;
  test::temp_dir const site;
  fs::permissions(cache.path(), fs::perms::all);
  fs::permissions(site.path(), fs::perms(0755));
  auto const path = site / "a.php";
  auto const write = [&](std::string const& text) {
    std::ofstream{path} << "<?php echo '" + text + "';";
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(1));
  };
  write("old");
  std::map<std::string, std::string> ini{{"opcache.file_cache", cache.path()}, {"opcache.validate_timestamps", "0"}};
  {
    php_fpm const builder{{.ini = ini}};
    CHECK(test::run_script(builder, path).body == "old");
  }
  ini["opcache.file_cache_read_only"] = "1";
  php_fpm const server{{.ini = ini}};
  write("new");
  std::string const why = "opcache.file_cache_read_only=1 lets nothing be replaced there";
  for (auto const& arguments : std::vector<std::vector<std::string>>{
           {"opcache:invalidate:scripts", "--force", site.path() + "/"}, {"opcache:reset"}}) {
    CHECK(test::run_script(server, path).body != "");
    auto const output = call(server, arguments);
    INFO(output.out << output.err);
    CHECK(contains(output.err, why));
    CHECK_FALSE(contains(output.err, "run opcache:reset:file-cache"));
  }
  CHECK(test::run_script(server, path).body == "old");
  auto const output = call(server, {"opcache:refresh", site.path()});
  INFO(output.out << output.err);
  CHECK(test::run_script(server, path).body == "new");
  CHECK(contains(output.err, "after the next reset or reload PHP has again what is in " + cache.path() + ": " + why));
  CHECK(contains(call(server, {"doctor"}).out, "opcache.file_cache_read_only=1"));
}
