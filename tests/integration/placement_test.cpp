// Where the agent's file is put, what it looks like there, and what is left of it.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "agent/agent.hpp"
#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

namespace fs = std::filesystem;

/// A directory that the pool's user owns.
std::string own_directory(std::string const& path, uid_t owner, mode_t mode = 0755) {
  fs::create_directory(path);
  chmod(path.c_str(), mode);
  if (is_root()) REQUIRE(chown(path.c_str(), owner, static_cast<gid_t>(owner)) == 0);
  return path;
}

struct stat look_at(std::string const& path) {
  struct stat info {};
  REQUIRE(lstat(path.c_str(), &info) == 0);
  return info;
}

mode_t mode_of(std::string const& path) {
  return look_at(path).st_mode & 07777U;
}

/// The agent's file below a directory, while a call waits for a worker.
struct waiting_call {
  waiting_call(php_fpm const& server, std::string const& tmp_dir, program_options const& options)
      : busy(server, std::chrono::milliseconds{400}),
        running(arguments_for(server, {"opcache:status", "--tmp-dir=" + tmp_dir}), options) {
    for (int i = 0; i < 300 && file.empty(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
      std::error_code ignored;
      for (auto const& each : fs::recursive_directory_iterator(tmp_dir, ignored)) {
        if (each.path().extension() == ".php") file = each.path();
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{20});  // now it is written, and has its mode
  }

  [[nodiscard]] std::string directory() const { return fs::path(file).parent_path(); }

  long_request busy;
  program running;
  std::string file;
};

void check_works(program_result const& result) {
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "| Enabled "));
}

/// Another place was used, and that the named one was not is a warning.
void check_warned(program_result const& result, std::string const& why) {
  check_works(result);
  CHECK(result.err.rfind("warning: ", 0) == 0);
  CHECK(contains(result.err, why));
}

}  // namespace

TEST_CASE("root's agent is one kept file that only root can change") {
  if (!is_root()) return skip("needs root");
  php_fpm const server;
  auto const result = call(server, {"opcache:status", "-vv"});
  auto const at = result.err.find("Agent: /run/cachetool/");
  REQUIRE(at != std::string::npos);
  auto const path = result.err.substr(at + 7, result.err.find('\n', at) - at - 7);
  auto const info = look_at(path);
  CHECK(info.st_uid == 0);
  CHECK(info.st_gid == 0);
  CHECK((info.st_mode & 07777U) == 0444);
  CHECK(info.st_mtime == 0);
  CHECK(mode_of("/run/cachetool") == 0711);
}

TEST_CASE("a call leaves nothing in any place but the kept file") {
  php_fpm const server{one_pool()};
  check_works(call(server, {"opcache:status"}));
  check_works(call(server, {"opcache:status"}, as_pool_user()));
  CHECK(left_overs(geteuid()).empty());
  if (is_root()) CHECK(left_overs(pool_user()).empty());
}

TEST_CASE("open_basedir: the agent is put where it allows, by itself") {
  temp_dir const allowed;
  chmod(allowed.path().c_str(), 01777);
  auto const lists = GENERATE(as<std::string>{}, "", "/usr/share:");
  php_fpm const server{one_pool({"php_admin_value[open_basedir] = " + lists + allowed.path()})};
  auto const options = GENERATE(program_options{}, as_pool_user(), as_nobody());
  auto const result = call(server, {"opcache:status", "-vv"}, options);
  check_works(result);
  CHECK(contains(result.err, "Agent: " + allowed.path() + "/cachetool-"));
  CHECK_FALSE(contains(result.err, "PHP raised"));
  CHECK_FALSE(contains(result.err, "Agent: /var/tmp"));  // PHP has said that it is of no use
  auto const plain = call(server, {"opcache:status"}, options);
  CHECK(plain.err.empty());
  CHECK(fs::is_empty(allowed.path()));
}

TEST_CASE("open_basedir: where PHP logs nothing, the pool's configuration tells root where the agent may lie") {
  if (!is_root()) return skip("needs root");
  temp_dir const allowed;
  chmod(allowed.path().c_str(), 01777);
  auto options = one_pool({"php_admin_value[open_basedir] = /usr/share:" + allowed.path()});
  options.ini["log_errors"] = "0";
  php_fpm const server{options};
  auto const result = call(server, {"opcache:status", "-vv"});
  check_works(result);
  CHECK(contains(result.err, "Agent: " + allowed.path() + "/cachetool-"));
  CHECK(fs::is_empty(allowed.path()));
}

TEST_CASE("open_basedir that allows no directory that the caller may write: exit code 5, and the way out") {
  if (!is_root()) return skip("needs root");
  temp_dir const allowed;
  php_fpm const server{one_pool({"php_admin_value[open_basedir] = " + allowed.path()})};
  auto const result = call(server, {"opcache:status"}, as_pool_user());
  CHECK(result.exit_code == 5);
  CHECK(contains(result.err, "it allows " + allowed.path()));
  CHECK(contains(result.err, "hint: let the agent lie inside: --tmp-dir=" + allowed.path()));
  check_works(call(server, {"opcache:status"}));
}

TEST_CASE("a pool whose directories for temporary files are taken away works all the same") {
  php_fpm const server{one_pool({"php_admin_value[sys_temp_dir] = /nonexistent",
                                 "php_admin_value[upload_tmp_dir] = /nonexistent", "env[TMPDIR] = /nonexistent"})};
  CHECK(call(server, {"opcache:reset"}).exit_code == 0);
  CHECK(call(server, {"opcache:refresh", server.document_root()}).exit_code == 0);
}

TEST_CASE("security.limit_extensions without .php is exit code 5 and named") {
  php_fpm const server{one_pool({"security.limit_extensions = .phtml"})};
  auto const result = call(server, {"opcache:status"});
  CHECK(result.exit_code == 5);
  CHECK(contains(result.err, "security.limit_extensions of this pool"));
  CHECK(contains(result.err, "hint: let the pool run .php files"));
}

TEST_CASE("opcache.restrict_api: the agent is put below its prefix, by itself") {
  temp_dir const allowed;
  chmod(allowed.path().c_str(), 01777);
  auto options = one_pool();
  options.ini["opcache.restrict_api"] = allowed.path() + GENERATE(as<std::string>{}, "", "/");
  php_fpm const server{options};
  auto const command =
      GENERATE(as<std::string>{}, "opcache:status", "opcache:configuration", "opcache:status:scripts", "opcache:reset");
  CAPTURE(command);
  auto const result = call(server, {command, "-vv"}, GENERATE(program_options{}, as_pool_user(), as_nobody()));
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.err, "Agent: " + allowed.path() + "/cachetool-"));
  CHECK(fs::is_empty(allowed.path()));
}

TEST_CASE("opcache.restrict_api with a prefix that the caller may not write below: exit code 1, and the way out") {
  if (!is_root()) return skip("needs root");
  temp_dir const allowed;
  auto options = one_pool();
  options.ini["opcache.restrict_api"] = allowed.path();
  php_fpm const server{options};
  auto const result = call(server, {"opcache:reset"}, as_pool_user());
  CHECK(result.exit_code == 1);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "opcache.restrict_api allows it only to scripts below " + allowed.path()));
  CHECK(contains(result.err, "--tmp-dir=" + allowed.path()));
  CHECK(call(server, {"opcache:reset"}).exit_code == 0);
}

TEST_CASE("a pool with a root of its own, for an ordinary user: exit code 5, and all places that were tried") {
  if (!is_root()) return skip("needs root");
  temp_dir const root;
  php_fpm const server{one_pool({"chroot = " + root.path()})};
  auto const result = call(server, {"opcache:status"}, as_pool_user());
  CHECK(result.exit_code == 5);
  CHECK(contains(result.err, "php-fpm cannot see "));
  for (auto const* place : {"/dev/shm", "/tmp", "/var/tmp"}) CHECK(contains(result.err, place));
  CHECK(contains(result.err, "hint: "));
  CHECK(left_overs(pool_user()).empty());
}

TEST_CASE("a --tmp-dir that does not exist is made, and removed again") {
  temp_dir const parent;
  php_fpm const server{one_pool()};
  auto const umask_before = umask(GENERATE(mode_t{022}, mode_t{077}));
  auto const wanted = parent / "new";
  auto const result = call(server, {"opcache:status", "-vv", "--tmp-dir=" + wanted});
  umask(umask_before);
  check_works(result);
  CHECK(contains(result.err, "Agent: " + wanted + "/cachetool-"));
  CHECK_FALSE(fs::exists(wanted));
}

TEST_CASE("a --tmp-dir that is no directory is warned of, and another place is used") {
  temp_dir const parent;
  std::ofstream(parent / "file") << "x";
  php_fpm const server;
  check_warned(call(server, {"opcache:status", "--tmp-dir=" + parent / "file"}), parent / "file");
}

TEST_CASE("a --tmp-dir that the caller may not write is warned of, and another place is used") {
  if (!is_root()) return skip("needs root");
  temp_dir const parent;
  php_fpm const server{one_pool()};
  check_warned(call(server, {"opcache:status", "--tmp-dir=" + parent.path()}, as_pool_user()), "Permission denied");
}

TEST_CASE("a --tmp-dir that everybody can write, without the sticky bit, is not used") {
  temp_dir const parent;
  chmod(parent.path().c_str(), 0777);
  php_fpm const server;
  check_warned(call(server, {"opcache:status", "--tmp-dir=" + parent.path()}), "has no sticky bit");
  chmod(parent.path().c_str(), 01777);
  auto const result = call(server, {"opcache:status", "--tmp-dir=" + parent.path()});
  check_works(result);
  CHECK(result.err.empty());
}

TEST_CASE("a --tmp-dir that php-fpm may not enter is warned of, and another place is used") {
  if (!is_root()) return skip("needs root");
  temp_dir const parent;
  auto const closed = own_directory(parent / "closed", 0, 0700);
  php_fpm const server;
  check_warned(call(server, {"opcache:status", "--tmp-dir=" + closed}), "php-fpm cannot see " + closed);
  CHECK(fs::is_empty(closed));
}

TEST_CASE("an agent that php-fpm has already is run where it lies") {
  php_fpm const server;
  auto const mine = server.write_script("mine.php", agent::complete().text);
  auto const result = call(server, {"opcache:status", "-vv", "--agent=" + mine});
  check_works(result);
  CHECK(contains(result.err, "Agent: " + mine));
  check_warned(call(server, {"opcache:status", "--agent=/nowhere/agent.php"}), "php-fpm cannot see /nowhere/agent.php");
}

TEST_CASE("the file of the workers' own user is for that user alone") {
  if (!is_root()) return skip("needs root");
  temp_dir const parent;
  auto const place = own_directory(parent / "place", pool_user());
  php_fpm const server{one_pool({}, 1)};
  waiting_call waiting(server, place, as_pool_user());
  REQUIRE_FALSE(waiting.file.empty());
  CHECK(mode_of(waiting.file) == 0400);
  CHECK(mode_of(waiting.directory()) == 0711);
  CHECK(look_at(waiting.file).st_mtime == 0);
  check_works(waiting.running.finish());
  CHECK(fs::is_empty(place));
}

TEST_CASE("the file for workers of another user can be read, not written, by others") {
  if (!is_root()) return skip("needs root");
  temp_dir const parent;
  auto const place = own_directory(parent / "place", pool_user());
  php_fpm const server{one_pool({}, 1)};
  waiting_call waiting(server, place, {});
  REQUIRE_FALSE(waiting.file.empty());
  CHECK(mode_of(waiting.file) == 0444);
  CHECK(mode_of(waiting.directory()) == 0711);
  check_works(waiting.running.finish());
  CHECK(fs::is_empty(place));
}

TEST_CASE("a file is readable where a pool of the master belongs to somebody else") {
  if (!is_root()) return skip("needs root");
  temp_dir const parent;
  auto const place = own_directory(parent / "place", pool_user());
  auto options = one_pool({}, 1);
  options.pools.push_back({.name = "other", .lines = {"user = nobody", "group = nogroup", "listen.mode = 0666"}});
  php_fpm const server{options};
  auto arguments = arguments_for(server, {"opcache:status", "--tmp-dir=" + place}, "other");
  auto const result = run_program(arguments, as_pool_user());
  check_works(result);
  CHECK(result.err.empty());
}
