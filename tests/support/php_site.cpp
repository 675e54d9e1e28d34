#include "support/php_site.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "support/php_build.hpp"

namespace cachetool::test {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

// A port that was free a moment ago.
int free_port() {
  int const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  bool const bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

bool accepts(int port) {
  int const fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in const address = loopback(port);
  bool const connected = connect(fd, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
  close(fd);
  return connected;
}

}  // namespace

std::optional<std::string> php_site::missing() {
  auto const build = find_php(wanted_php());
  if (!build || access(build->cli.c_str(), X_OK) != 0) return "no php " + wanted_php() + " for the command line";
  if (access("/usr/bin/curl", X_OK) != 0) return "no curl";
  return std::nullopt;
}

php_site::php_site(std::string_view router) : port_(free_port()) {
  if (auto const reason = missing()) throw std::runtime_error(*reason);
  auto const build = find_php(wanted_php());
  std::filesystem::create_directory(document_root());
  std::ofstream(directory_ / "router.php") << "<?php\n" << router;
  child_options options;
  options.argv = {build->cli, "-n"};
  if (!build->modules.empty()) options.argv.insert(options.argv.end(), {"-d", "extension_dir=" + build->modules});
  if (!build->opcache_built_in) options.argv.insert(options.argv.end(), {"-d", "zend_extension=opcache.so"});
  for (char const* setting : {"opcache.enable_cli=1", "display_errors=0"}) {
    options.argv.insert(options.argv.end(), {"-d", setting});
  }
  std::string const address = "127.0.0.1:" + std::to_string(port_);
  options.argv.insert(options.argv.end(), {"-S", address, "-t", document_root(), directory_ / "router.php"});
  options.environment = build->environment();
  child_.emplace(options);
  for (int attempt = 0; attempt < 500 && !accepts(port_); ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  if (!accepts(port_)) throw std::runtime_error("php -S " + address + " does not start");
}

std::size_t php_site::files() const {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(document_root()), std::filesystem::directory_iterator()));
}

}  // namespace cachetool::test
