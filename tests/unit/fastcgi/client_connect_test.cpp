#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <thread>

#include <cachetool/fastcgi/client.hpp>

#include "fastcgi/resolver.hpp"
#include "fastcgi/socket.hpp"
#include "few_descriptors.hpp"
#include "support/catch.hpp"
#include "support/fake_server.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;
using namespace cachetool::fastcgi;
using namespace cachetool::test;
using namespace std::chrono_literals;

namespace {

constexpr auto soon = 60ms;

error failed(endpoint const& where, client_options options = {}) {
  try {
    (void)client(where, options).connect();
  } catch (error const& e) {
    CHECK(e.endpoint() == where.text());
    CHECK_FALSE(e.may_have_run());
    return e;
  }
  throw std::runtime_error("connected");
}

/// A socket bound to a name, which listens if there is a backlog.
base::unique_fd bound(socket_address const& to, int type, int backlog = -1) {
  base::unique_fd out(::socket(to.storage.ss_family, type | SOCK_CLOEXEC, 0));
  bool const is_bound = ::bind(out.get(), reinterpret_cast<sockaddr const*>(&to.storage), to.size) == 0;
  if (!is_bound || (backlog >= 0 && ::listen(out.get(), backlog) != 0)) return {};
  return out;
}

endpoint tcp_endpoint(base::unique_fd const& listener, std::string const& host) {
  sockaddr_in6 address{};
  socklen_t size = sizeof address;
  REQUIRE(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return endpoint::tcp(host, ntohs(address.sin6_port));  // sockaddr_in has its port in the same place
}

/// What CHECK throws, run in a child that is not root (root may connect to any socket). Empty if it throws nothing.
std::string message_without_root(std::function<void()> const& check) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  pid_t const child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::string out;
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(1);
    try {
      check();
    } catch (error const& e) {
      out = std::string(name(e.kind())) + ": " + e.message();
    }
    ::_exit(::write(ends[1], out.data(), out.size()) >= 0 ? 0 : 1);
  }
  base::unique_fd const reader(ends[0]);
  ::close(ends[1]);
  std::string out(4096, '\0');
  auto const size = ::read(reader.get(), out.data(), out.size());
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(status == 0);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string uid_text(uid_t uid) {
  return "uid " + std::to_string(uid);
}

std::string caller_text() {
  return uid_text(::geteuid() == 0 ? 65534 : ::geteuid());
}

/// Connections that take all the places of a backlog and are never accepted.
std::vector<base::unique_fd> fill_backlog(socket_address const& to) {
  std::vector<base::unique_fd> out;
  for (int code = 0; code == 0 && out.size() < 16;) {
    out.push_back(open_socket(to));
    code = start_connect(out.back().get(), to);
    if (code == EINPROGRESS) {
      pollfd watched{out.back().get(), POLLOUT, 0};
      code = ::poll(&watched, 1, 20) == 1 ? 0 : EINPROGRESS;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a path that does not exist is no such socket") {
  temp_dir const dir;
  auto const e = failed(endpoint::unix_socket(dir / "none.sock"));
  CHECK(e.kind() == error_kind::unreachable);
  CHECK(e.at() == phase::connect);
  CHECK(e.message() == "no such socket");
  CHECK_FALSE(e.hint().empty());
}

TEST_CASE("descriptors that are used up are no fault of php-fpm's") {
  test::few_descriptors const limit;
  auto const e = failed(endpoint::unix_socket("/run/php/php8.2-fpm.sock"));
  CHECK(e.kind() == error_kind::no_resources);
  CHECK(e.message() == "cannot connect: Too many open files");
  CHECK(e.hint().find("ulimit") != std::string::npos);
}

TEST_CASE("a path below a file is no such socket") {
  temp_dir const dir;
  std::ofstream(dir / "file") << "text";
  CHECK(failed(endpoint::unix_socket(dir / "file/none.sock")).message() == "no such socket");
}

TEST_CASE("a regular file is not a socket") {
  temp_dir const dir;
  std::ofstream(dir / "file") << "text";
  auto const e = failed(endpoint::unix_socket(dir / "file"));
  CHECK(e.kind() == error_kind::unreachable);
  CHECK(e.message() == "not a socket but a regular file");
}

TEST_CASE("a directory is not a socket") {
  temp_dir const dir;
  CHECK(failed(endpoint::unix_socket(dir.path())).message() == "not a socket but a directory");
}

TEST_CASE("a FIFO is not a socket") {
  temp_dir const dir;
  REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
  auto const e = failed(endpoint::unix_socket(dir / "fifo"));
  CHECK(e.kind() == error_kind::unreachable);
  CHECK(e.message() == "not a socket");
}

TEST_CASE("a socket file that nobody listens on is stale") {
  temp_dir const dir;
  auto const where = endpoint::unix_socket(dir / "stale.sock");
  REQUIRE(bound(unix_address(where), SOCK_STREAM, 1));
  auto const e = failed(where);
  CHECK(e.kind() == error_kind::stale);
  CHECK(e.message() == "nobody listens on this socket any more");
}

TEST_CASE("a datagram socket is not a stream socket") {
  temp_dir const dir;
  auto const where = endpoint::unix_socket(dir / "datagram.sock");
  auto const socket = bound(unix_address(where), SOCK_DGRAM);
  REQUIRE(socket);
  auto const e = failed(where);
  CHECK(e.kind() == error_kind::unreachable);
  CHECK(e.message() == "not a stream socket, as php-fpm's are");
}

TEST_CASE("a socket that the caller may not write to is forbidden, and the message says whose it is") {
  temp_dir const dir;
  auto const where = endpoint::unix_socket(dir / "closed.sock");
  auto const listener = bound(unix_address(where), SOCK_STREAM, 1);
  REQUIRE(listener);
  REQUIRE(::chmod(where.path().c_str(), 0400) == 0);
  CHECK(message_without_root([&] { (void)client(where).connect(); }) ==
        "forbidden: permission denied: the socket belongs to " + uid_text(::geteuid()) + " and gid " +
            std::to_string(::getegid()) + ", its mode is 0400, the caller is " + caller_text());
}

TEST_CASE("a socket in a directory that the caller may not search is forbidden") {
  temp_dir const dir;
  std::string const inner = dir / "inner";
  REQUIRE(::mkdir(inner.c_str(), 0700) == 0);
  auto const where = endpoint::unix_socket(inner + "/closed.sock");
  auto const listener = bound(unix_address(where), SOCK_STREAM, 1);
  REQUIRE(listener);
  REQUIRE(::chmod(inner.c_str(), 0000) == 0);
  CHECK(message_without_root([&] { (void)client(where).connect(); }) ==
        "forbidden: permission denied: " + caller_text() + " may not search a directory above the socket");
  REQUIRE(::chmod(inner.c_str(), 0700) == 0);
}

TEST_CASE("an abstract socket can be connected to") {
  auto const where = endpoint::abstract_socket("cachetool-test-" + std::to_string(::getpid()));
  auto const listener = bound(unix_address(where), SOCK_STREAM, 1);
  REQUIRE(listener);
  CHECK(client(where).connect().peer()->pid == ::getpid());
}

TEST_CASE("an abstract socket that nobody listens on is unreachable") {
  auto const e = failed(endpoint::abstract_socket("cachetool-test-none-" + std::to_string(::getpid())));
  CHECK(e.kind() == error_kind::unreachable);
  CHECK(e.message() == "nobody listens on this abstract socket");
}

TEST_CASE("a full backlog is a timeout whose hint says that all workers are busy") {
  temp_dir const dir;
  auto const where = endpoint::unix_socket(dir / "full.sock");
  auto const listener = bound(unix_address(where), SOCK_STREAM, 0);
  auto const waiting = fill_backlog(unix_address(where));
  client_options options;
  options.connect_timeout = soon;
  auto const e = failed(where, options);
  CHECK(e.kind() == error_kind::timeout);
  CHECK(e.at() == phase::connect);
  CHECK(e.message() == "the backlog was full for 60 ms");
  CHECK_FALSE(e.hint().empty());
}

TEST_CASE("a place that becomes free in a full backlog is taken") {
  temp_dir const dir;
  auto const where = endpoint::unix_socket(dir / "full.sock");
  auto const listener = bound(unix_address(where), SOCK_STREAM, 0);
  auto const waiting = fill_backlog(unix_address(where));
  std::thread acceptor([&listener] {
    std::this_thread::sleep_for(5ms);
    base::unique_fd const accepted(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  });
  CHECK_NOTHROW(client(where).connect());
  acceptor.join();
}

TEST_CASE("waiting for a full backlog can be interrupted") {
  temp_dir const dir;
  auto const where = endpoint::unix_socket(dir / "full.sock");
  auto const listener = bound(unix_address(where), SOCK_STREAM, 0);
  auto const waiting = fill_backlog(unix_address(where));
  base::unique_fd const stop(::eventfd(1, EFD_CLOEXEC));
  client_options options;
  options.interrupt_fd = stop.get();
  auto const e = failed(where, options);
  CHECK(e.kind() == error_kind::interrupted);
  CHECK(e.at() == phase::connect);
}

TEST_CASE("a port that nothing listens on is unreachable") {
  auto const unused = bound(numeric_addresses("127.0.0.1", 0)->front(), SOCK_STREAM);
  auto const e = failed(tcp_endpoint(unused, "127.0.0.1"));
  CHECK(e.kind() == error_kind::unreachable);
  CHECK(e.message() == "nothing listens on this port");
}

TEST_CASE("a TCP server that does not take connections is a timeout") {
  auto const listener = bound(numeric_addresses("127.0.0.1", 0)->front(), SOCK_STREAM, 0);
  auto const where = tcp_endpoint(listener, "127.0.0.1");
  auto const waiting = fill_backlog(numeric_addresses("127.0.0.1", where.port())->front());
  client_options options;
  options.connect_timeout = soon;
  auto const e = failed(where, options);
  CHECK(e.kind() == error_kind::timeout);
  CHECK(e.message() == "no connection within 60 ms");
}

TEST_CASE("localhost is tried as 127.0.0.1") {
  fake_server server({wait_for_close()}, fake_server::on::tcp);
  auto const open = client(endpoint::tcp("localhost", server.where().port())).connect();
  CHECK_FALSE(open.peer().has_value());
}

TEST_CASE("localhost is tried as ::1 where 127.0.0.1 refuses") {
  auto const listener = bound(numeric_addresses("::1", 0)->front(), SOCK_STREAM, 1);
  if (!listener) {
    WARN("skipped: this machine has no IPv6");
    return;
  }
  CHECK_NOTHROW(client(tcp_endpoint(listener, "localhost")).connect());
  CHECK_NOTHROW(client(tcp_endpoint(listener, "::1")).connect());
}

TEST_CASE("the failure of the first of several addresses is the one that is told") {
  auto const unused = bound(numeric_addresses("127.0.0.1", 0)->front(), SOCK_STREAM);
  CHECK(failed(tcp_endpoint(unused, "localhost")).message() == "nothing listens on this port");
}

TEST_CASE("a look-up of a name becomes readable when it has ended") {
  lookup const names("localhost", 9000);
  pollfd watched{names.fd(), POLLIN, 0};
  REQUIRE(::poll(&watched, 1, 5000) == 1);
  CHECK_FALSE(names.addresses().empty());
}

TEST_CASE("a name that cannot be looked up fails within the connect timeout") {
  client_options options;
  options.connect_timeout = soon;
  auto const begin = std::chrono::steady_clock::now();
  auto const e = failed(endpoint::tcp("nosuchhost.invalid", 9000), options);
  CHECK(e.at() == phase::resolve);
  CHECK((e.kind() == error_kind::unreachable || e.kind() == error_kind::timeout));
  CHECK(std::chrono::steady_clock::now() - begin < 2s);
}

TEST_CASE("the peer of a unix socket is who listens") {
  fake_server server({wait_for_close()});
  auto const peer = client(server.where()).connect().peer();
  REQUIRE(peer.has_value());
  CHECK(peer->pid == ::getpid());
  CHECK(peer->uid == ::geteuid());
  CHECK(peer->gid == ::getegid());
}

TEST_CASE("a timeout as long as can be does not overflow") {
  client_options options;
  options.connect_timeout = std::chrono::milliseconds::max();
  options.timeout = std::chrono::milliseconds::max();
  fake_server server({read_request(), send(plain_answer("hello"))});
  CHECK(client(server.where(), options).execute({}).body == "hello");
}
