// The threats of docs/security.md that the program as a whole meets; the others have their tests beside the code.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

#include "agent/agent.hpp"
#include "fpm_calls.hpp"
#include "release_site.hpp"
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

namespace {

constexpr char const* evil_config = "fastcgi: /evil.sock\n";

/// Something of another user's that has the name of a config file.
struct foreign_entry {
  std::string name;
  void (*make)(std::string const& path, std::string const& directory);
  bool is_told_of = true;  ///< what is plainly no file is passed over in silence
};

std::vector<foreign_entry> const& foreign_entries() {
  using path = std::string const&;
  static std::vector<foreign_entry> const all{
      {"a file", [](path at, path) { std::ofstream(at) << evil_config; }},
      {"a file that is no YAML", [](path at, path) { std::ofstream(at) << "fastcgi: [evil\n"; }},
      {"a file for its owner alone", [](path at, path) { std::ofstream(at) << evil_config, chmod(at.c_str(), 0600); }},
      {"a link that leads nowhere", [](path at, path) { fs::create_symlink("/no/such/file", at); }},
      {"a link that leads to itself", [](path at, path) { fs::create_symlink(at, at); }},
      {"a link to a file of theirs",
       [](path at, path in) {
         std::ofstream(in + "/real") << evil_config;
         give_away(in + "/real", 1);
         fs::create_symlink(in + "/real", at);
       }},
      {"a link to a file of root's",
       [](path at, path in) {
         std::ofstream(in + "/roots") << evil_config;
         fs::create_symlink(in + "/roots", at);
       }},
      {"a FIFO", [](path at, path) { REQUIRE(mkfifo(at.c_str(), 0666) == 0); }, false},
      {"a link to a FIFO",
       [](path at, path in) {
         REQUIRE(mkfifo((in + "/fifo").c_str(), 0666) == 0);
         fs::create_symlink(in + "/fifo", at);
       },
       false},
      {"a device", [](path at, path) { REQUIRE(mknod(at.c_str(), S_IFCHR | 0666, makedev(1, 5)) == 0); }, false},
      {"a link to a device", [](path at, path) { fs::create_symlink("/dev/zero", at); }, false},
      {"a directory", [](path at, path) { fs::create_directory(at); }, false},
  };
  return all;
}

struct owned_directory {
  std::string name;
  uid_t owner;
  mode_t mode;
};

/// Whoever runs the program with a php-fpm that is named in the environment and not there, so that 3 is its exit code.
std::vector<program_options> all_callers() {
  std::vector<program_options> all(4);
  all[1].user = pool_user();
  all[2].environment["SUDO_UID"] = "65534";
  all[3].environment["SUDO_UID"] = "65534";
  all[3].user = pool_user();
  for (program_options& each : all) each.environment["CACHETOOL_FCGI"] = "/named.sock";
  return all;
}

void check_not_followed(program_result const& result, std::string const& why) {
  INFO(result.err);
  CHECK_FALSE(result.timed_out);
  CHECK(result.exit_code == 3);
  CHECK(contains(result.err, "/named.sock"));
  CHECK_FALSE(contains(result.err, "evil"));
  CHECK(contains(result.err, why));
}

}  // namespace

TEST_CASE("nothing of another user's in any kind of parent directory is followed, waited for, or an error") {
  if (!is_root()) return skip("needs root");
  auto const place = GENERATE(values<owned_directory>({{"root's", 0, 0755},
                                                       {"their own", 1, 0755},
                                                       {"a group's", 0, 0775},
                                                       {"everybody's", 0, 0777},
                                                       {"everybody's, and sticky", 0, 01777},
                                                       {"their own, and sticky", 1, 01777}}));
  CAPTURE(place.name);
  for (foreign_entry const& entry : foreign_entries()) {
    CAPTURE(entry.name);
    temp_dir const parent;
    fs::create_directory(parent / "work");
    auto const path = parent / ".cachetool.yml";
    entry.make(path, parent.path());
    REQUIRE(lchown(path.c_str(), 1, 1) == 0);
    REQUIRE(chown(parent.path().c_str(), place.owner, 1) == 0);
    REQUIRE(chmod(parent.path().c_str(), place.mode) == 0);
    for (program_options options : all_callers()) {
      options.directory = parent / "work";
      auto const result = run_program({"opcache:status", "--retries=0"}, options);
      check_not_followed(result, entry.is_told_of ? "warning: the config file " + path + " is not followed: " : "");
    }
  }
}

TEST_CASE("a file of root's or the caller's own that anybody can have moved into a directory is not followed") {
  if (!is_root()) return skip("needs root");
  temp_dir const parent;
  fs::create_directory(parent / "work");
  auto const path = parent / ".cachetool.yml";
  std::ofstream(path) << "a log of root's: {evil\n";
  REQUIRE(chown(path.c_str(), GENERATE_COPY(uid_t{0}, pool_user()), 0) == 0);
  REQUIRE(chmod(parent.path().c_str(), 01777) == 0);
  for (program_options options : all_callers()) {
    options.directory = parent / "work";
    check_not_followed(run_program({"opcache:status", "--retries=0"}, options),
                       "warning: the config file " + path + " is not followed: others can put files into " +
                           parent.path() + "; it is ignored");
  }
}

TEST_CASE("a config file that is named may lie in a directory that everybody can write, with the sticky bit") {
  if (!is_root()) return skip("needs root");
  temp_dir const place;
  REQUIRE(chmod(place.path().c_str(), 01777) == 0);
  std::ofstream(place / "c.yml") << "fastcgi: /own.sock\n";
  auto const result = run_program({"opcache:status", "--retries=0", "-c", place / "c.yml"});
  CHECK(result.exit_code == 3);
  CHECK(contains(result.err, "/own.sock"));
}

namespace {

/// What a pool's own code answers in the agent's place.
struct lie {
  std::string name;
  std::string code;
};

std::string const forging = R"(if (!isset($_SERVER['CACHETOOL_NONCE'])) return;
  $nonce = $_SERVER['CACHETOOL_NONCE'];
  $send = function ($type, $data) use ($nonce) { echo "\n$nonce $type ", strlen($data), "\n", $data; };
  $answer = function ($result) use ($send) {
    $send('A', serialize(['result' => $result, 'notes' => [[2, "\e[31mnote\n", "\e", 1]], 'php' => "8.9\e[31m",
      'pid' => 1, 'pool' => "www\e]0;x\x07"]));
    exit;
  };
  $state = ['opcache_enabled' => true, 'restart_pending' => false, 'restart_in_progress' => false,
    'memory_usage' => ['used_memory' => PHP_INT_MAX, 'free_memory' => -1, 'wasted_memory' => PHP_INT_MIN],
    'opcache_statistics' => ['num_cached_scripts' => 5, 'hits' => 1, 'misses' => 1, 'start_time' => 1,
      'last_restart_time' => PHP_INT_MAX, 'oom_restarts' => 0, 'hash_restarts' => 0, 'manual_restarts' => 7]];
)";

std::vector<lie> const& lies() {
  static std::vector<lie> const all{
      {"rows without end", R"($send('B', ''); $row = "\n$nonce R 11\na:1:{i:0;N;}"; while (true) echo $row;)"},
      {"STDERR without end", R"(while (true) error_log(str_repeat("\e[31mx\n", 200));)"},
      {"output without end", R"(while (true) echo str_repeat("\e[31mx\n", 20000);)"},
      {"headers without end", R"(for ($i = 0; $i < 100000; $i++) header("X-$i: " . str_repeat('a', 1000));)"},
      {"a byte now and then", R"($send('B', ''); while (true) { echo 'x'; flush(); usleep(200000); })"},
      {"that all is true", R"($send('B', ''); $answer(true);)"},
      {"a reset that nobody sees", R"($send('B', ''); $answer($_SERVER['CACHETOOL_OP'] === 'opcache.reset'
        ? ['accepted' => true, 'before' => $state, 'after' => $state] : $state);)"},
  };
  return all;
}

constexpr bool has_sanitizer =
#if defined(__SANITIZE_ADDRESS__)
    true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    true;
#else
    false;
#endif
#else
    false;
#endif

program_result call_in_little_memory(std::vector<std::string> const& arguments) {
  program_options options;
  if (has_sanitizer) return run_program(arguments, options);
  options.path = "/usr/bin/prlimit";
  std::vector<std::string> all{"--data=" + std::to_string(std::size_t{64} << 20), built_program()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run_program(all, options);
}

}  // namespace

TEST_CASE("a third user's php-fpm that floods or lies costs root neither memory nor time, and is told as no success") {
  if (!is_root()) return skip("needs root");
  lie const told = GENERATE(from_range(lies()));
  CAPTURE(told.name);
  auto options = one_pool();
  options.user = pool_user();
  site of;
  of.link("1");
  php_fpm const own(one_pool());
  surrounded_fpm const third(forging + told.code, {}, options);
  std::string const theirs = "--fcgi=" + (*third).endpoint().text();
  std::vector<std::vector<std::string>> const commands{{"opcache:reset", theirs, "--fcgi=" + own.endpoint().text()},
                                                       {"deploy:switch", of.current(), of.release("2"), theirs},
                                                       {"fpm:list"}};
  for (auto command : commands) {
    CAPTURE(command.front());
    command.insert(command.end(), {"--timeout=2", "--retries=0"});
    auto const start = std::chrono::steady_clock::now();
    auto const result = call_in_little_memory(command);
    INFO(result.out << result.err);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(15));
    CHECK_FALSE(result.timed_out);
    CHECK(result.out.size() + result.err.size() < 100000);
    CHECK_FALSE(has_control_bytes(result.out + result.err));
    if (command.front() == "fpm:list") continue;
    CHECK((result.exit_code > 0 || contains(result.out, "reset scheduled, waiting")));
    CHECK_FALSE(contains(result.out, (*third).endpoint().text() + " (pool www): OPcache reset, confirmed"));
    CHECK_FALSE(contains(result.out, "is served"));
    if (command.front() == "opcache:reset")
      CHECK(contains(result.out, own.endpoint().text() + " (pool www): OPcache reset, confirmed"));
  }
  CHECK(fs::read_symlink(of.current()) == of.release("1"));
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

TEST_CASE(
    "a sidecar that shares no directory with php-fpm is told to bring the agent there, and works when that is done") {
  if (!is_root()) return skip("needs root");
  auto options = one_pool();
  options.private_directories = {"/tmp", "/var/tmp", "/dev/shm"};
  SECTION("a unix socket on a shared volume") {}
  SECTION("a container's php-fpm, on a unix socket") {
    options.own_pids = true;
  }
  SECTION("a TCP port") {
    options.pools.front().listen = "127.0.0.1:0";
  }
  php_fpm const server(options);
  auto const refused = call(server, {"opcache:status"}, as_nobody());
  INFO(refused.err);
  CHECK(refused.exit_code == 5);
  CHECK(contains(refused.err, "what cachetool agent:show prints where php-fpm sees it: --agent=PATH"));
  auto const agent = server.write_script("agent.php", run_program({"agent:show"}, as_nobody()).out);
  auto const result = call(server, {"opcache:reset", "--agent=" + agent}, as_nobody());
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "confirmed"));
  CHECK(cache_status(server)["opcache_statistics"]["manual_restarts"].as_int() == 1);
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
