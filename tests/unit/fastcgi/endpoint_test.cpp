#include <optional>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

#include "fastcgi/socket.hpp"
#include "support/catch.hpp"

using cachetool::error;
using cachetool::error_kind;
using cachetool::fastcgi::endpoint;
using cachetool::fastcgi::numeric_addresses;

namespace {

std::string path_of(std::string_view text) {
  auto const where = endpoint::parse(text);
  REQUIRE(where.kind() == endpoint::family::unix_path);
  CHECK(where.host().empty());
  CHECK(where.port() == 0);
  return where.path();
}

void check_tcp(std::string_view text, std::string const& host, int port) {
  INFO(text);
  auto const where = endpoint::parse(text);
  CHECK(where.is_tcp());
  CHECK(where.host() == host);
  CHECK(where.port() == port);
  CHECK(where.path().empty());
}

std::string refusal(std::string_view text) {
  try {
    endpoint::parse(text);
  } catch (error const& e) {
    CHECK(e.kind() == error_kind::usage);
    return e.message();
  }
  return "accepted";
}

void check_round_trip(endpoint const& where) {
  INFO(where.text());
  CHECK(endpoint::parse(where.text()) == where);
}

}  // namespace

TEST_CASE("what holds a slash is a socket path") {
  CHECK(path_of("/run/php.sock") == "/run/php.sock");
  CHECK(path_of("./php.sock") == "./php.sock");
  CHECK(path_of("run/php.sock") == "run/php.sock");
}

TEST_CASE("unix: and unix:// in front of a path are dropped") {
  CHECK(path_of("unix:/run/php.sock") == "/run/php.sock");
  CHECK(path_of("unix:///run/php.sock") == "/run/php.sock");
}

TEST_CASE("an @ begins an abstract socket's name, slashes or not") {
  auto const where = endpoint::parse("@php/fpm");
  CHECK(where.kind() == endpoint::family::unix_abstract);
  CHECK(where.path() == "php/fpm");
  CHECK(where.text() == "@php/fpm");
}

TEST_CASE("a port alone means 127.0.0.1") {
  check_tcp("9000", "127.0.0.1", 9000);
  check_tcp(":9000", "127.0.0.1", 9000);
  check_tcp("tcp://:9000", "127.0.0.1", 9000);
  check_tcp("65535", "127.0.0.1", 65535);
}

TEST_CASE("host and port are split at the colon") {
  check_tcp("php.example:9000", "php.example", 9000);
  check_tcp("192.0.2.1:9000", "192.0.2.1", 9000);
  check_tcp("tcp://php.example:9000", "php.example", 9000);
  check_tcp("unix:9000", "unix", 9000);
}

TEST_CASE("an IPv6 address stands in brackets or has the port as its last group") {
  check_tcp("[::1]:9000", "::1", 9000);
  check_tcp("::1:9000", "::1", 9000);
  check_tcp("tcp://[2001:db8::5]:9000", "2001:db8::5", 9000);
  check_tcp("[fe80::1%eth0]:9000", "fe80::1%eth0", 9000);
}

TEST_CASE("text() is one spelling for each endpoint") {
  CHECK(endpoint::parse("unix:///run/php.sock").text() == "/run/php.sock");
  CHECK(endpoint::parse(":09000").text() == "127.0.0.1:9000");
  CHECK(endpoint::parse("::1:9000").text() == "[::1]:9000");
  CHECK(endpoint::parse("tcp://host:9000").text() == "host:9000");
}

TEST_CASE("text() is read again as the same endpoint") {
  check_round_trip(endpoint::unix_socket("php.sock"));
  check_round_trip(endpoint::unix_socket("@a/b"));
  check_round_trip(endpoint::unix_socket("tcp://a"));
  check_round_trip(endpoint::unix_socket("unix:/a"));
  check_round_trip(endpoint::unix_socket("//a"));
  check_round_trip(endpoint::abstract_socket("@"));
  check_round_trip(endpoint::tcp("unix", 1));
  check_round_trip(endpoint::tcp("fe80::1%eth0", 65535));
}

TEST_CASE("a relative path that could be something else gets ./ in front") {
  CHECK(endpoint::unix_socket("php.sock").path() == "./php.sock");
  CHECK(endpoint::unix_socket("@a/b").path() == "./@a/b");
}

TEST_CASE("an empty address is refused") {
  CHECK(refusal("") == "the address is empty");
}

TEST_CASE("a word without a port is refused, control bytes escaped") {
  CHECK(refusal("php.example") == "not an address: 'php.example'");
  CHECK(refusal("a\x1b[2J") == "not an address: 'a\\x1b[2J'");
  CHECK(refusal("[::1]") == "not an address: '[::1]'");
  CHECK(refusal("[::1]9000") == "not an address: '[::1]9000'");
  CHECK(refusal("[host]:9000") == "not an address: '[host]:9000'");
}

TEST_CASE("a port outside 1 to 65535 is refused") {
  CHECK(refusal("0") == "not a port between 1 and 65535: '0'");
  CHECK(refusal("host:65536") == "not a port between 1 and 65535: '65536'");
  CHECK(refusal("99999999999999999999") == "not a port between 1 and 65535: '99999999999999999999'");
  CHECK(refusal("host:") == "not an address: 'host:'");
  CHECK(refusal("host:-1") == "not an address: 'host:-1'");
  CHECK_THROWS_AS(endpoint::tcp("host", 0), error);
}

TEST_CASE("a host that cannot be one is refused") {
  CHECK(refusal("a b:9000") == "not a host: 'a b'");
  CHECK(refusal("1:2:9000") == "not a host: '1:2'");
  CHECK(refusal("[::1%]:9000") == "not a host: '::1%'");
  CHECK(refusal("tcp://host:9000/") == "not an address: 'host:9000/'");
  CHECK_THROWS_AS(endpoint::tcp("", 9000), error);
}

TEST_CASE("a path or name of 107 bytes is taken, a longer one refused") {
  CHECK(path_of("/" + std::string(106, 'a')).size() == 107);
  CHECK(refusal("/" + std::string(107, 'a')) == "the socket path is 108 bytes long, and a socket address holds 107");
  CHECK(endpoint::parse("@" + std::string(107, 'a')).path().size() == 107);
  CHECK(refusal("@" + std::string(108, 'a')) ==
        "the abstract socket name is 108 bytes long, and a socket address holds 107");
}

TEST_CASE("an empty path or name is refused") {
  CHECK(refusal("unix://") == "the socket path is empty");
  CHECK(refusal("@") == "the abstract socket name is empty");
}

TEST_CASE("a NUL byte is refused") {
  using namespace std::string_view_literals;
  CHECK(refusal("/run/a\0b"sv) == "the socket path holds a NUL byte");
  CHECK(refusal("@a\0b"sv) == "the abstract socket name holds a NUL byte");
  CHECK(refusal("a\0b:9000"sv) == "not a host: 'a\\x00b'");
}

TEST_CASE("numeric addresses and localhost need no look-up") {
  CHECK(numeric_addresses("127.0.0.1", 1)->size() == 1);
  CHECK(numeric_addresses("::1", 1)->front().storage.ss_family == AF_INET6);
  CHECK(numeric_addresses("fe80::1%1", 1)->size() == 1);
  CHECK_FALSE(numeric_addresses("php.example", 1).has_value());
}

TEST_CASE("localhost is 127.0.0.1 first and ::1 then") {
  auto const found = numeric_addresses("localhost", 9000);
  REQUIRE(found->size() == 2);
  CHECK(found->at(0).storage.ss_family == AF_INET);
  CHECK(found->at(1).storage.ss_family == AF_INET6);
}
