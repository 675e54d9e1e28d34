#include "fpm/find.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <filesystem>

#include "fastcgi/unique_fd.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;

namespace {

/// Binds a unix socket. Without a listener it looks as one does that a dead php-fpm has left behind.
fastcgi::unique_fd bind_socket(std::string const& path, bool listening) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  fastcgi::unique_fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  REQUIRE(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  if (listening) REQUIRE(listen(fd.get(), 8) == 0);
  return fd;
}

std::vector<std::string> find(std::string const& run) {
  std::vector<std::string> texts;
  for (auto const& endpoint : fpm::find_endpoints(run)) texts.push_back(endpoint.text());
  return texts;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a socket that is listened on is found in each of the usual places") {
  for (std::string const place : {"/php/php8.2-fpm.sock", "/php-fpm/www.sock", "/php8.sock"}) {
    test::temp_dir const run;
    auto const listener = bind_socket(run.path() + place, true);
    CHECK(find(run.path()) == texts{run.path() + place});
  }
}

TEST_CASE("a socket that nobody listens on is left out") {
  test::temp_dir const run;
  auto const stale = bind_socket(run.path() + "/php/a.sock", false);
  CHECK(find(run.path()).empty());
}

TEST_CASE("several sockets of one process are found as one") {
  test::temp_dir const run;
  auto const one = bind_socket(run.path() + "/php/a.sock", true);
  auto const two = bind_socket(run.path() + "/php/b.sock", true);
  CHECK(find(run.path()) == texts{run.path() + "/php/a.sock"});
}

TEST_CASE("sockets elsewhere and files that are no sockets are left out") {
  test::temp_dir const run;
  auto const other = bind_socket(run.path() + "/dbus/bus.sock", true);
  std::filesystem::create_directories(run.path() + "/php/x.sock");
  CHECK(find(run.path()).empty());
}
