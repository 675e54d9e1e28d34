// php-fpm whose workers see another file system: a private /tmp, a chroot, and pools of one master that differ.

#include "fpm/worker_view.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "fpm/mounts.hpp"
#include "fpm/processes.hpp"
#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;
using fpm::worker_view;

namespace {

namespace fs = std::filesystem;

/// A directory with a /tmp in it, to be some pool's root.
struct jail {
  jail() {
    fs::create_directory(root / "tmp");
    chmod((root / "tmp").c_str(), 01777);
  }
  [[nodiscard]] bool is_clean() const { return fs::is_empty(root / "tmp"); }

  temp_dir root;
};

fpm_options with_private(std::vector<std::string> directories) {
  auto options = one_pool();
  options.private_directories = std::move(directories);
  return options;
}

/// A php-fpm that shares no directory with anybody, in a user namespace of this user's.
fpm_options in_users_of(uid_t user) {
  auto options = one_pool({"user = root", "group = root"});
  options.private_directories = {"/run", "/tmp", "/var/tmp", "/dev/shm"};
  options.user_namespace_of = user;
  return options;
}

/// The pool www with our own root, the pools "one" and "two" each with another.
fpm_options three_pools(jail const& one, jail const& two, std::string const& pm = "static") {
  auto options = one_pool();
  for (auto const& [name, root] : {std::pair{"one", &one}, std::pair{"two", &two}}) {
    options.pools.push_back({.name = name, .pm = pm, .lines = {"chroot = " + root->root.path(), "listen.mode = 0666"}});
  }
  return options;
}

/// What there is to see behind a pool's endpoint, once its workers are what php-fpm makes of them.
worker_view look(php_fpm const& server, std::string const& pool = "www") {
  static_cast<void>(run_script(server, "/no/such/script.php", pool));
  return fpm::view_of(server.pid(), server.endpoint(pool));
}

program_result status(php_fpm const& server, std::string const& pool = "www", program_options const& options = {}) {
  return run_program(arguments_for(server, {"opcache:status", "-vv"}, pool), options);
}

void check_ran(program_result const& result, std::string const& agent) {
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.err, "Agent: " + agent));
}

/// The entries of a directory as the server's master sees it, but for what it was started with.
// What the program has put there: the directory may hold the test's own, and PHP.
std::size_t entries(php_fpm const& server, std::string const& directory) {
  std::size_t count = 0;
  for (auto const& each : fs::directory_iterator("/proc/" + std::to_string(server.pid()) + "/root" + directory)) {
    std::string const name = each.path().filename();
    if (name.starts_with("cachetool") && !name.starts_with("cachetool-test")) ++count;
  }
  return count;
}

/// When something was last made or removed in the directories for temporary files, as the server's master sees them.
std::vector<timespec> times(php_fpm const& server) {
  std::vector<timespec> found;
  for (auto const* directory : {"/run", "/tmp", "/var/tmp", "/dev/shm"}) {
    struct stat there {};
    REQUIRE(stat(("/proc/" + std::to_string(server.pid()) + "/root" + directory).c_str(), &there) == 0);
    found.push_back(there.st_mtim);
  }
  return found;
}

bool are_equal(std::vector<timespec> const& one, std::vector<timespec> const& other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](timespec const& a, timespec const& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
  });
}

}  // namespace

TEST_CASE("workers with our own root and mounts are seen to have them") {
  if (!is_root()) return skip("needs root");
  php_fpm const server;
  auto const view = look(server);
  CHECK(view.what == worker_view::kind::same);
  CHECK_FALSE(view.root);
}

TEST_CASE("an ordinary user may not look at the workers of somebody else") {
  if (!is_root()) return skip("needs root");
  php_fpm const server(one_pool());
  acting_as const user(65534);
  CHECK(look(server).what == worker_view::kind::unknown);
}

TEST_CASE("of no process nothing is known") {
  CHECK(fpm::view_of(0x3FFFFFFF, fastcgi::endpoint::tcp("127.0.0.1", 9)).what == worker_view::kind::unknown);
}

TEST_CASE("a private /tmp is another view, with root's own path") {
  if (!is_root()) return skip("needs root");
  php_fpm const server(with_private({"/tmp"}));
  auto const view = look(server);
  CHECK(view.what == worker_view::kind::elsewhere);
  CHECK(view.root_path == "/");
  CHECK(view.looked_at.uid == pool_user());
  CHECK(view.master_user == 0);
  CHECK(view.root);
}

TEST_CASE("anybody can tell a private /tmp from the mount table") {
  if (!is_root()) return skip("needs root");
  php_fpm const server(with_private({"/tmp"}));
  acting_as const user(65534);
  CHECK_FALSE(fpm::may_share(server.pid(), "/tmp"));
  CHECK(fpm::may_share(server.pid(), "/dev/shm"));
  CHECK(fpm::may_share(server.pid(), "/var/tmp"));
}

TEST_CASE("a worker that has left for a user namespace of its own is not followed") {
  if (!is_root()) return skip("needs root");
  auto const [honest, command] =
      GENERATE(table<bool, std::string>({{true, "sleep 60"}, {false, "unshare -U --fork --kill-child sleep 60"}}));
  child_options stand_in;  // for a master with a mount namespace of its own, and its only worker
  stand_in.argv = {"/usr/bin/unshare", "-m", "/bin/bash", "-c", "(exec -a 'php-fpm: pool www' " + command + ") & wait"};
  stand_in.environment = {"PATH=/usr/bin:/bin"};
  child_process const master(stand_in);
  auto const where = fastcgi::endpoint::unix_socket("/run/no/such.sock");
  auto const looked_at = [&] { return fpm::view_of(master.pid(), where).looked_at.pid; };
  std::vector<pid_t> workers;
  for (int i = 0; i < 500 && (workers.empty() || looked_at() != (honest ? workers.front() : master.pid())); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    workers = fpm::pool_workers(fpm::proc(), master.pid(), "www").value_or({});
  }
  REQUIRE(workers.size() == 1);
  CHECK(looked_at() == (honest ? workers.front() : master.pid()));
}

TEST_CASE(
    "a php-fpm in a user namespace that an ordinary user made is known to be foreign, and root puts nothing there") {
  if (!is_root()) return skip("needs root");
  if (!php_fpm::can_have_user_namespace(65534)) return skip("needs user namespaces for everybody");
  php_fpm const server(in_users_of(65534));
  CHECK(look(server).what == worker_view::kind::foreign);
  CHECK_FALSE(look(server).root);
  auto const before = times(server);
  auto const result = status(server);
  CHECK(are_equal(before, times(server)));
  CHECK(result.exit_code == 5);
  CHECK(contains(result.err, "is in a user namespace of uid 65534, where root puts nothing"));
  CHECK(contains(result.err,
                 "hint: run cachetool in there, or write the agent there (cachetool agent:show) and name it: "
                 "--agent=PATH"));
  auto const agent = server.write_script("agent.php", run_program({"agent:show"}).out);
  CHECK(call(server, {"opcache:status", "--agent=" + agent}).exit_code == 0);
}

TEST_CASE("root reaches a php-fpm in a user namespace that root made") {
  if (!is_root()) return skip("needs root");
  if (!php_fpm::can_have_user_namespace(0)) return skip("needs user namespaces");
  php_fpm const server(in_users_of(0));
  CHECK(look(server).what == worker_view::kind::elsewhere);
  check_ran(status(server), "/dev/shm/cachetool-0-");
  CHECK(entries(server, "/dev/shm") == 0);
}

TEST_CASE("each pool of a master is looked at by itself") {
  if (!is_root()) return skip("needs root");
  jail const one;
  jail const two;
  php_fpm const server(three_pools(one, two));
  CHECK(look(server, "www").what == worker_view::kind::same);
  CHECK(look(server, "one").root_path == one.root.path());
  CHECK(look(server, "two").root_path == two.root.path());
}

TEST_CASE("pools on TCP ports are told apart, too") {
  if (!is_root()) return skip("needs root");
  jail const one;
  auto options = one_pool();
  options.pools.front().listen = "127.0.0.1:0";
  options.pools.push_back({.name = "one", .listen = "[::1]:0", .lines = {"chroot = " + one.root.path()}});
  php_fpm const server(options);
  CHECK(look(server, "www").what == worker_view::kind::same);
  CHECK(look(server, "one").root_path == one.root.path());
}

TEST_CASE("root's kept file serves workers with a private /tmp that share /run") {
  if (!is_root()) return skip("needs root");
  php_fpm const server(with_private({"/tmp", "/var/tmp", "/dev/shm"}));
  check_ran(status(server), "/run/cachetool/");
}

TEST_CASE("root reaches workers that share no directory with anybody, and leaves nothing there") {
  if (!is_root()) return skip("needs root");
  php_fpm const server(with_private({"/run", "/tmp", "/var/tmp", "/dev/shm"}));
  check_ran(status(server), "/dev/shm/cachetool-0-");
  CHECK(entries(server, "/dev/shm") == 0);
  CHECK(entries(server, "/tmp") == 0);
}

TEST_CASE("--tmp-dir is the directory that the workers see") {
  if (!is_root()) return skip("needs root");
  php_fpm const server(with_private({"/tmp"}));
  check_ran(call(server, {"opcache:status", "-vv", "--tmp-dir=/tmp"}), "/tmp/cachetool-0-");
  CHECK(entries(server, "/tmp") == 0);
}

TEST_CASE("an ordinary user goes past a private /tmp to a directory that is shared") {
  if (!is_root()) return skip("needs root");
  php_fpm const server(with_private({"/tmp", "/dev/shm"}));
  auto const result = status(server, "www", GENERATE(as_pool_user(), as_nobody()));
  check_ran(result, "/var/tmp/cachetool-");
  CHECK_FALSE(contains(result.err, "Agent: /tmp/"));  // known to be private, and not even tried
}

TEST_CASE("root gets into the chroot of each pool by itself, and leaves nothing there") {
  if (!is_root()) return skip("needs root");
  jail const one;
  jail const two;
  auto const pm = GENERATE(as<std::string>{}, "static", "ondemand");
  CAPTURE(pm);
  php_fpm const server(three_pools(one, two, pm));
  check_ran(status(server, "www"), "/run/cachetool/");
  check_ran(status(server, "one"), "/tmp/cachetool-0-");
  check_ran(status(server, "two"), "/tmp/cachetool-0-");
  CHECK(one.is_clean());
  CHECK(two.is_clean());
}

TEST_CASE("a chroot without any directory for temporary files will do") {
  if (!is_root()) return skip("needs root");
  temp_dir const root;
  php_fpm const server(one_pool({"chroot = " + root.path()}));
  check_ran(status(server), "/cachetool-0-");
  CHECK(fs::is_empty(root.path()));
}

TEST_CASE("--tmp-dir in a chroot may be named by its path inside or outside") {
  if (!is_root()) return skip("needs root");
  jail const one;
  php_fpm const server(one_pool({"chroot = " + one.root.path()}));
  auto const named = GENERATE(as<std::string>{}, "", "outside") == "" ? "/tmp" : one.root / "tmp";
  check_ran(call(server, {"opcache:status", "-vv", "--tmp-dir=" + named}), "/tmp/cachetool-0-");
  CHECK(one.is_clean());
}

TEST_CASE("root finds the chroot of a pool on a TCP port after the first 404") {
  if (!is_root()) return skip("needs root");
  jail const one;
  auto options = one_pool({"chroot = " + one.root.path()});
  options.pools.front().listen = "127.0.0.1:0";
  php_fpm const server(options);
  check_ran(status(server), "/tmp/cachetool-0-");
  CHECK(one.is_clean());
}
