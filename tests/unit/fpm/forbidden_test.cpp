#include "fpm/forbidden.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "machine_tree.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using fpm::forbidden_socket;
using fpm::process_identity;

namespace {

bool contains(std::string const& text, std::string const& part) {
  return text.find(part) != std::string::npos;
}

/// A machine with accounts, and a socket. Root gives it to alice and the group web.
struct closed_socket {
  explicit closed_socket(mode_t mode) {
    machine.file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nalice:x:1001:1001::/:\nbob:x:1002:1002::/:\n");
    machine.file("/etc/group", "root:x:0:\nweb:x:2001:alice\nbob:x:1002:\n");
    machine.file("/run/www.sock", "");
    REQUIRE(chmod(path().c_str(), mode) == 0);
    if (geteuid() == 0) REQUIRE(chown(path().c_str(), 1001, 2001) == 0);
  }

  [[nodiscard]] std::string path() const { return machine.path("/run/www.sock"); }

  [[nodiscard]] error denied(process_identity const& who = {1002, {1002}}, fpm::pool const& of = {}) const {
    return forbidden_socket(path(), of, who, fpm::accounts(fpm::root_directory(machine.path(""))));
  }

  test::machine_tree machine;
};

fpm::pool with_line(std::string const& name, std::string const& value) {
  fpm::pool of;
  of.config["listen"] = {"/run/www.sock", "/etc/www.conf", 2};
  of.config[name] = {value, "/etc/www.conf", 5};
  return of;
}

}  // namespace

TEST_CASE("names of users and groups are read from their files, and who has none has a number") {
  closed_socket const socket(0660);
  fpm::accounts const names{fpm::root_directory(socket.machine.path(""))};
  CHECK(names.user(1001) == "alice");
  CHECK(names.user(4711) == "4711");
  CHECK(names.user_and_number(1001) == "alice (uid 1001)");
  CHECK(names.user_and_number(4711) == "uid 4711");
  CHECK(names.group_and_number(2001) == "web (gid 2001)");
}

TEST_CASE("files of accounts with garbage are survived") {
  test::machine_tree const machine;
  machine.file("/etc/passwd", "\n::\nx\n:x:5\nname:x:7");
  fpm::accounts const names{fpm::root_directory(machine.path(""))};
  CHECK(names.user(5) == "5");
  CHECK(names.user(7) == "name");
  CHECK(names.group(7) == "7");
}

TEST_CASE("a forbidden socket is told with owner, group and mode against the caller and its groups") {
  if (geteuid() != 0) return;  // whose the files are then is not ours to say
  auto const failed = closed_socket(0660).denied({1002, {1002, 27}});
  CHECK(failed.kind() == error_kind::forbidden);
  CHECK(failed.message() ==
        "permission denied: the socket belongs to alice (uid 1001) and the group web (gid 2001), its mode is 0660, and "
        "the caller is bob (uid 1002) in the groups bob (gid 1002), gid 27");
}

TEST_CASE("the hint says as whom to run, how to join the group, and which line to change") {
  if (geteuid() != 0) return;
  auto const hint = closed_socket(0660).denied({1002, {1002}}, with_line("listen.group", "web")).hint();
  CHECK(contains(hint, "run this as alice: sudo -u alice cachetool ..."));
  CHECK(contains(hint, "usermod -aG web bob"));
  CHECK(contains(hint, "change /etc/www.conf:5 (listen.group = web) to bob"));
}

TEST_CASE("a group that may not write is not advised to join, but to be let in") {
  if (geteuid() != 0) return;
  auto const hint = closed_socket(0600).denied({1002, {2001}}, with_line("listen.mode", "0600")).hint();
  CHECK_FALSE(contains(hint, "usermod"));
  CHECK(contains(hint, "change /etc/www.conf:5 (listen.mode = 0600) to 0660"));
}

TEST_CASE("a socket for its owner alone is opened to the caller's group by two lines") {
  if (geteuid() != 0) return;
  auto const hint = closed_socket(0600).denied({1002, {1002}}, with_line("listen.mode", "0600")).hint();
  CHECK(contains(hint, "set listen.group = bob below /etc/www.conf:2 and change /etc/www.conf:5 (listen.mode = 0600)"));
}

TEST_CASE("a line that is missing is told with its place") {
  if (geteuid() != 0) return;
  auto const hint = closed_socket(0660).denied({1002, {1002}}, with_line("pm", "static")).hint();
  CHECK(contains(hint, "set listen.group = bob below /etc/www.conf:2"));
}

TEST_CASE("an access control list is the line to change") {
  auto const hint = closed_socket(0660).denied({1002, {1002}}, with_line("listen.acl_users", "www-data")).hint();
  CHECK(contains(hint, "add the caller in /etc/www.conf:5 (listen.acl_users = www-data)"));
}

TEST_CASE("a socket of root's wants root") {
  closed_socket const socket(0600);
  if (geteuid() != 0 || chown(socket.path().c_str(), 0, 0) != 0) return;
  CHECK(contains(socket.denied().hint(), "run this as root: sudo cachetool ..."));
}

TEST_CASE("a socket that is not there is in a directory that may not be entered") {
  auto const failed = forbidden_socket("/no/such/www.sock", {}, {1002, {1002}});
  CHECK(failed.kind() == error_kind::forbidden);
  CHECK(failed.message() == "permission denied: a directory above the socket may not be entered");
}

TEST_CASE("names of users and groups in the commands of a hint are quoted for the shell") {
  if (geteuid() != 0) return;
  closed_socket const socket(0660);
  socket.machine.file("/etc/passwd", "$(touch /tmp/pwned):x:1001:1001::/:\nbob;id:x:1002:1002::/:\n");
  socket.machine.file("/etc/group", "`id`:x:2001:\n");
  auto const hint = socket.denied().hint();
  CHECK(contains(hint, "sudo -u '$(touch /tmp/pwned)' cachetool ..."));
  CHECK(contains(hint, "usermod -aG '`id`' 'bob;id', and log in again"));
}
