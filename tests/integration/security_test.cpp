// The threats of docs/security.md that the program as a whole meets; the others have their tests beside the code.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

#include "agent/agent.hpp"
#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

namespace fs = std::filesystem;

bool has_control_bytes(std::string const& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F; });
}

std::string read(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void give_away(std::string const& path, uid_t user) {
  REQUIRE(chown(path.c_str(), user, static_cast<gid_t>(user)) == 0);
}

/// A jail whose /tmp is a link that the pool's user has made.
struct hostile_jail {
  hostile_jail() {
    fs::create_directories(root / "home");
    fs::create_directories(root / "etc");
    fs::create_directory_symlink("/etc", root / "home/link");
    give_away(root / "home", pool_user());
  }
  temp_dir root;
};

}  // namespace

TEST_CASE("root is not led astray by a link that the pool's user made in a chroot") {
  if (!is_root()) return skip("needs root");
  hostile_jail const jail;
  php_fpm const server(one_pool({"chroot = " + jail.root.path()}));
  auto const result = call(server, {"opcache:status", "-vv", "--tmp-dir=/home/link"});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.err, "link is a link in a directory that others can write"));
  CHECK_FALSE(contains(result.err, "Agent: /home/link"));
  CHECK(fs::is_empty(jail.root / "etc"));
}

TEST_CASE("a forged refusal does not talk root into writing where the system reads") {
  if (!is_root()) return skip("needs root");
  surrounded_fpm const server(R"(header('Status: 404 Not Found'); echo "No input file specified.\n";
    error_log('open_basedir restriction in effect. File(x) is not within the allowed path(s): (/etc/cron.d:/run)');
    exit;)");
  auto const result = call(*server, {"opcache:status", "-vv"});
  CHECK(result.exit_code == 5);
  CHECK_FALSE(contains(result.err, "Agent: /etc"));
  CHECK_FALSE(contains(result.err, "Agent: /run/cachetool-"));
}

TEST_CASE("no control byte of a hostile pool reaches the terminal") {
  surrounded_fpm const server(R"(error_log("\e]0;owned\x07\e[2J"); echo "\e[31m\x07"; exit;)");
  auto const result =
      call(*server, {"opcache:status", "-vvv", GENERATE(as<std::string>{}, "--format=table", "--format=json")});
  CHECK(result.exit_code == 5);
  CHECK_FALSE(has_control_bytes(result.err));
  CHECK_FALSE(has_control_bytes(result.out));
}

TEST_CASE("a script with a hostile name is listed without its control bytes in JSON") {
  php_fpm const server;
  static_cast<void>(run_script(server, server.write_script("a\x1b[31m\nb.php", "<?php return 1;")));
  auto const result = call(server, {"opcache:status:scripts", "--format=json"});
  CHECK(result.exit_code == 0);
  CHECK_FALSE(has_control_bytes(result.out));
}

TEST_CASE("a config file that another user put above the working directory is ignored with a warning") {
  if (!is_root()) return skip("needs root");
  temp_dir const parent;
  fs::create_directory(parent / "work");
  std::ofstream(parent / "work/.cachetool.yml") << "adapter: web\nwebUrl: http://127.0.0.1:1\n";
  std::ofstream(parent / ".cachetool.yaml") << "fastcgi: /hostile.sock\n";
  fs::create_symlink("/no/such/file", parent / ".cachetool.yml");
  for (auto const* name : {"work/.cachetool.yml", ".cachetool.yaml", ".cachetool.yml"}) {
    REQUIRE(lchown((parent / name).c_str(), 1, 1) == 0);
  }
  php_fpm const server(one_pool());
  auto options = GENERATE(program_options{}, as_pool_user(), as_nobody());
  options.directory = parent / "work";
  auto const result = call(server, {"opcache:status"}, options);
  CHECK(result.exit_code == 0);
  for (auto const* name : {"work/.cachetool.yml", ".cachetool.yaml", ".cachetool.yml"}) {
    CHECK(contains(result.err, "warning: the config file " + parent / name + " is not followed: "));
  }
  auto const named = call(server, {"opcache:status", "-c", parent / ".cachetool.yaml"}, options);
  CHECK(named.exit_code == 2);
}

TEST_CASE(
    "by sudo, the caller's config file may say which php-fpm, and cannot have another user run or write anything") {
  if (!is_root()) return skip("needs root");
  temp_dir const work;
  php_fpm const server(one_pool());
  auto const evil = server.write_script("evil.php", "<?php touch('" + server.document_root() + "/owned');");
  chmod(server.document_root().c_str(), 01777);
  auto options = GENERATE(program_options{}, as_pool_user());
  options.directory = work.path();
  options.environment = {{"SUDO_UID", "65534"}, {"HOME", work.path()}, {"CACHETOOL_FCGI", server.endpoint().text()}};
  auto const run_with = [&](std::string const& text) {
    std::ofstream(work / ".cachetool.yml") << text;
    give_away(work / ".cachetool.yml", 65534);
    return run_program({"opcache:status"}, options);
  };
  give_away(work.path(), 65534);
  auto const address = "fastcgi: " + server.endpoint().text() + "\n";
  CHECK(contains(run_with("fastcgi: /no/such.sock\n").err, "/no/such.sock"));
  CHECK(run_with(address).err.empty());
  auto const refused = run_with(address + "agent: " + evil + "\n");
  CHECK(contains(refused.err, "it says agent, which the user who called sudo may not; it is ignored"));
  CHECK_FALSE(fs::exists(server.document_root() + "/owned"));
}

TEST_CASE("agent:show prints the agent byte for byte") {
  CHECK(run_program({"agent:show"}).out == agent::complete().text);
}

TEST_CASE("agent:install writes root's file whole, once") {
  if (!is_root()) return skip("needs root");
  temp_dir const place;
  auto const path = place / "share/agent.php";
  auto const first = run_program({"agent:install", path});
  CHECK(first.exit_code == 0);
  CHECK(contains(first.out, "The agent is installed as " + path));
  CHECK(contains(first.out, "--agent=" + path));
  CHECK(read(path) == agent::complete().text);
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777U) == 0444);
  CHECK(info.st_uid == 0);
  auto const second = run_program({"agent:install", path});
  CHECK(second.exit_code == 0);
  CHECK(contains(second.out, "already"));
  std::ofstream(path) << "<?php // older";
  CHECK(run_program({"agent:install", path}).exit_code == 0);
  CHECK(read(path) == agent::complete().text);
  CHECK(std::distance(fs::directory_iterator(place / "share"), fs::directory_iterator()) == 1);
}

TEST_CASE("agent:install refuses a directory that others can write, and a caller who is not root") {
  if (!is_root()) return skip("needs root");
  temp_dir const place;
  fs::create_directory(place / "inner");
  chmod(place.path().c_str(), 0777);
  auto const open = run_program({"agent:install", place / "inner/agent.php"});
  CHECK(open.exit_code == 2);
  CHECK(contains(open.err, "others than root can write the directory " + place.path()));
  auto const user = run_program({"agent:install", place / "inner/agent.php"}, as_nobody());
  CHECK(user.exit_code == 2);
  CHECK(contains(user.err, "hint: run it as root"));
  CHECK(fs::is_empty(place / "inner"));
}

TEST_CASE("an ordinary user reaches a TCP pool in a chroot by the agent that was put there before") {
  if (!is_root()) return skip("needs root");
  temp_dir const root;
  auto options = one_pool({"chroot = " + root.path()});
  options.pools.front().listen = "127.0.0.1:0";
  php_fpm const server(options);
  std::ofstream(root / "agent.php") << run_program({"agent:show"}).out;
  auto const result = call(server, {"opcache:status", "--agent=/agent.php"}, as_nobody());
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
}

TEST_CASE("an installed agent of another version is said to be one") {
  if (!is_root()) return skip("needs root");
  temp_dir const root;
  php_fpm const server(one_pool({"chroot = " + root.path()}));
  std::ofstream(root / "agent.php") << run_program({"agent:show"}).out << "// another version\n";
  auto const result = call(server, {"opcache:status", "--agent=/agent.php"}, as_nobody());
  CHECK(result.exit_code == 5);
  CHECK(contains(result.err, "the agent /agent.php is of another version than this program"));
}

TEST_CASE("runs that are killed in the middle leave nothing that the next one does not sweep, in a chroot too") {
  if (!is_root()) return skip("needs root");
  temp_dir const root;
  fs::create_directory(root / "tmp");
  chmod((root / "tmp").c_str(), 01777);
  auto const left = root / ("tmp/cachetool-0-" + std::string(32, 'a'));
  fs::create_directory(left);
  auto const file = left + "/" + std::string(32, 'b') + ".php";
  std::ofstream(file) << agent::source_for("opcache.status").text;
  chmod(file.c_str(), 0444);
  timespec const epoch[2] = {};
  REQUIRE(utimensat(AT_FDCWD, file.c_str(), epoch, 0) == 0);
  php_fpm const server(one_pool({"chroot = " + root.path()}));
  CHECK(call(server, {"opcache:status"}).exit_code == 0);
  CHECK(fs::is_empty(root / "tmp"));
}

TEST_CASE("many runs, some at once, leave no file and at most one entry in OPcache") {
  if (!is_root()) return skip("needs root");
  auto options = one_pool({}, 4);
  options.ini["opcache.file_update_protection"] = GENERATE(as<std::string>{}, "0", "2");
  php_fpm const server(options);
  auto const before = cache_status(server)["opcache_statistics"]["num_cached_scripts"].as_int();
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<program>> running;
    for (int i = 0; i < 20; ++i) {
      running.push_back(std::make_unique<program>(arguments_for(server, {"opcache:status"}),
                                                  i % 2 == 0 ? program_options{} : as_pool_user()));
    }
    for (auto const& each : running) CHECK(each->finish().exit_code == 0);
  }
  CHECK(cache_status(server)["opcache_statistics"]["num_cached_scripts"].as_int() - before <= 1);
  CHECK(left_overs(0).empty());
  CHECK(left_overs(pool_user()).empty());
}

TEST_CASE("the agent is installed, and found, beside the program wherever that was installed") {
  if (!is_root()) return skip("needs root");
  temp_dir const prefix;
  fs::permissions(prefix.path(), fs::perms(0755));
  fs::create_directories(prefix / "bin");
  fs::create_directories(prefix / "share");
  auto options = as_nobody();
  options.path = prefix / "bin/cachetool";
  fs::copy_file(built_program(), options.path);
  php_fpm const server{one_pool({"php_admin_value[open_basedir] = " + prefix / "share"})};
  auto const before = run_program(arguments_for(server, {"opcache:status"}), options);
  CHECK(before.exit_code == 5);
  program_options as_root;
  as_root.path = options.path;
  auto const installed = run_program({"agent:install"}, as_root);
  CHECK(contains(installed.out, "The agent is installed as " + prefix / "share/cachetool/agent.php"));
  CHECK(read(prefix / "share/cachetool/agent.php") == agent::complete().text);
  auto const after = run_program(arguments_for(server, {"opcache:status"}), options);
  INFO(after.err);
  CHECK(after.exit_code == 0);
}
