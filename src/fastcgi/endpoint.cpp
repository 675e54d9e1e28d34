#include <algorithm>
#include <charconv>
#include <utility>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/endpoint.hpp>

#include "base/text.hpp"
#include "fastcgi/socket.hpp"

namespace cachetool::fastcgi {

namespace {

constexpr std::string_view loopback = "127.0.0.1";
constexpr std::size_t quoted_of_address = 120;

error usage(std::string message) {
  return error(error_kind::usage, std::move(message));
}

error not_an_address(std::string_view text) {
  return usage("not an address: '" + base::printable(text, quoted_of_address) + "'")
      .advise("write a path (/run/php.sock), @name, host:port, [IPv6]:port or a port");
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::uint16_t parse_port(std::string_view digits, std::string_view whole) {
  if (!all_digits(digits)) throw not_an_address(whole);
  std::uint32_t port = 0;
  auto const [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (code != std::errc() || port == 0 || port > 65535) {
    throw usage("not a port between 1 and 65535: '" + base::printable(digits, quoted_of_address) + "'");
  }
  return static_cast<std::uint16_t>(port);
}

endpoint parse_bracketed(std::string_view text) {
  auto const close = text.find("]:");
  if (close == std::string_view::npos) throw not_an_address(text);
  std::string const host(text.substr(1, close - 1));
  if (host.find(':') == std::string::npos) throw not_an_address(text);
  return endpoint::tcp(host, parse_port(text.substr(close + 2), text));
}

endpoint parse_tcp(std::string_view text) {
  if (all_digits(text)) return endpoint::tcp(std::string(loopback), parse_port(text, text));
  if (text.starts_with('[')) return parse_bracketed(text);
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos) throw not_an_address(text);
  auto const port = parse_port(text.substr(colon + 1), text);
  auto const host = text.substr(0, colon);
  return endpoint::tcp(std::string(host.empty() ? loopback : host), port);
}

/// Removes the prefix if the text begins with it; true if it does.
bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_host_byte(char c) {
  auto const byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f && std::string_view("[]/@\\").find(c) == std::string_view::npos;
}

void check_name(std::string const& name, std::string_view what) {
  if (name.empty()) throw usage("the " + std::string(what) + " is empty");
  if (name.find('\0') != std::string::npos) throw usage("the " + std::string(what) + " holds a NUL byte");
  if (name.size() > max_unix_name) {
    throw usage("the " + std::string(what) + " is " + std::to_string(name.size()) +
                " bytes long, and a socket address holds " + std::to_string(max_unix_name))
        .advise("give a shorter path, for example through a symbolic link");
  }
}

/// True for a relative path that parse() would take for something else.
bool reads_as_something_else(std::string_view path) {
  return path.find('/') == std::string_view::npos || path.starts_with('@') || path.starts_with("tcp://") ||
         path.starts_with("unix:");
}

}  // namespace

endpoint::endpoint(family kind, std::string name, std::string host, std::uint16_t port)
    : family_(kind), name_(std::move(name)), host_(std::move(host)), port_(port) {}

endpoint endpoint::parse(std::string_view text) {
  if (text.empty()) throw usage("the address is empty");
  if (text.front() == '@') return abstract_socket(std::string(text.substr(1)));
  if (take_prefix(text, "tcp://") || text.find('/') == std::string_view::npos) return parse_tcp(text);
  if (take_prefix(text, "unix:")) take_prefix(text, "//");
  return unix_socket(std::string(text));
}

endpoint endpoint::unix_socket(std::string path) {
  check_name(path, "socket path");
  if (reads_as_something_else(path)) path.insert(0, "./");
  check_name(path, "socket path");
  return {family::unix_path, std::move(path), {}, 0};
}

endpoint endpoint::abstract_socket(std::string name) {
  check_name(name, "abstract socket name");
  return {family::unix_abstract, std::move(name), {}, 0};
}

endpoint endpoint::tcp(std::string host, std::uint16_t port) {
  if (port == 0) throw usage("port 0 cannot be connected to");
  bool const is_name = host.find(':') == std::string::npos;
  if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_byte) || (!is_name && !is_ipv6(host))) {
    throw usage("not a host: '" + base::printable(host, quoted_of_address) + "'");
  }
  return {family::tcp, {}, std::move(host), port};
}

std::string endpoint::text() const {
  if (family_ == family::unix_path) return name_;
  if (family_ == family::unix_abstract) return "@" + name_;
  std::string const port = ":" + std::to_string(port_);
  return host_.find(':') == std::string::npos ? host_ + port : "[" + host_ + "]" + port;
}

}  // namespace cachetool::fastcgi
