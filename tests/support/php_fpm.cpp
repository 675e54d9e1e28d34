#include "support/php_fpm.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "support/php_build.hpp"
#include "support/test_state.hpp"

namespace cachetool::test {
namespace {

using namespace std::chrono_literals;

std::string read_file(std::string const& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(std::string const& path, std::string_view text) {
  std::ofstream out{path, std::ios::binary};
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

void give_to(uid_t user, std::string const& directory) {
  namespace fs = std::filesystem;
  if (chown(directory.c_str(), user, user) != 0) throw std::system_error(errno, std::generic_category(), "chown");
  for (auto const& each : fs::recursive_directory_iterator(directory)) {
    if (chown(each.path().c_str(), user, user) != 0) throw std::system_error(errno, std::generic_category(), "chown");
  }
}

/// A reloaded php-fpm has written thousands; what went wrong stands at the end.
std::string last_lines(std::string const& text) {
  constexpr int most = 40;
  std::size_t at = text.size();
  for (int lines = 0; at != 0 && lines <= most; ++lines) {
    std::size_t const end = text.rfind('\n', at - 1);
    at = end == text.npos ? 0 : end;
  }
  return at == 0 ? text : "[...]" + text.substr(at);
}

/// Somebody else may take the port before php-fpm does; that is rare, and says so itself.
std::uint16_t free_port(int family) {
  sockaddr_storage address{};
  address.ss_family = static_cast<sa_family_t>(family);
  socklen_t length = family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  int const fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  bool const bound = bind(fd, generic, length) == 0 && getsockname(fd, generic, &length) == 0;
  if (fd >= 0) close(fd);
  if (!bound) throw std::system_error(errno, std::generic_category(), "no free port");
  // The port stands in the same place in both kinds of address.
  return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

std::string listen_address(fpm_pool const& pool, std::string const& directory) {
  if (pool.listen.empty()) return directory + "/" + pool.name + ".sock";
  if (!pool.listen.ends_with(":0")) return pool.listen;
  int const family = pool.listen.front() == '[' ? AF_INET6 : AF_INET;
  return pool.listen.substr(0, pool.listen.size() - 1) + std::to_string(free_port(family));
}

std::string pool_section(fpm_pool const& pool, std::string const& listen) {
  std::ostringstream out;
  out << "[" << pool.name << "]\n"
      << "listen = " << listen << "\n"
      << "pm = " << pool.pm << "\n"
      << "pm.max_children = " << pool.max_children << "\n";
  if (geteuid() == 0) out << "user = www-data\ngroup = www-data\n";
  if (pool.pm == "dynamic") {
    out << "pm.start_servers = 1\npm.min_spare_servers = 1\npm.max_spare_servers = " << pool.max_children << "\n";
  }
  for (auto const& line : pool.lines) out << line << "\n";
  return out.str();
}

std::vector<std::string> command(php_build const& php, fpm_options const& options, std::string const& config) {
  std::vector<std::string> result{php.fpm, "-n", "-F", "-y", config};
  if (geteuid() == 0) result.push_back("-R");
  auto const set = [&result](std::string const& name, std::string const& value) {
    result.push_back("-d");
    result.push_back(name + "=" + value);
  };
  set("display_errors", "0");
  set("log_errors", "1");
  if (!php.modules.empty()) set("extension_dir", php.modules);
  if (options.opcache && !php.opcache_built_in) set("zend_extension", "opcache.so");
  if (options.apcu) set("extension", "apcu.so");
  for (auto const& name : options.extensions) set("extension", name);
  for (auto const& [name, value] : options.ini) set(name, value);
  return result;
}

/// Runs in the server's directory. The new /tmp hides that one, so it is bound into the new one; and so is PHP, where
/// it lies there.
constexpr char const* namespace_script = R"(set -e
exec 9<"$PHP_TREE"
for directory; do
  [ "$directory" = -- ] && break
  mount -t tmpfs -o mode=1777 tmpfs "$directory"
  shift
done
shift
if ! [ -d "$HERE" ]; then
  mkdir -p "$HERE"
  mount --no-canonicalize --bind . "$HERE"
fi
if ! [ -d "$PHP_TREE" ]; then
  mkdir -p "$PHP_TREE"
  mount --no-canonicalize --bind /proc/self/fd/9 "$PHP_TREE"
fi
exec 9<&-
exec "$@")";

std::vector<std::string> in_namespace(fpm_options const& options, std::vector<std::string> command) {
  if (options.private_directories.empty()) return command;
  std::vector<std::string> result{"/usr/bin/unshare", "--mount"};
  if (options.user_namespace_of) result.insert(result.end(), {"--user", "--map-root-user"});
  result.insert(result.end(), {"/bin/sh", "-c", namespace_script, "sh"});
  result.insert(result.end(), options.private_directories.begin(), options.private_directories.end());
  result.push_back("--");
  result.insert(result.end(), command.begin(), command.end());
  return result;
}

}  // namespace

bool php_fpm::can_have_user_namespace(uid_t user) {
  child_options start;
  start.argv = {
      "/usr/bin/unshare", "--mount", "--user", "--map-root-user", "/bin/mount", "-t", "tmpfs", "none", "/tmp"};
  start.user = user;
  return child_process(start).wait(5s) == 0;
}

std::string php_fpm::version() {
  return wanted_php();
}

std::optional<std::string> php_fpm::missing() {
  if (find_php(version())) return std::nullopt;
  return "php-fpm " + version() + " is missing: run tools/test --php " + version() + " once to install it";
}

php_fpm::php_fpm(fpm_options options) : own_pids_(options.own_pids) {
  auto const php = find_php(version());
  if (!php) throw std::runtime_error(*missing());
  std::filesystem::create_directory(document_root());

  child_options start;
  start.argv = in_namespace(options, command(*php, options, configure(options)));
  if (options.own_pids) start.argv.insert(start.argv.begin(), {"/usr/bin/unshare", "--pid", "--fork", "--kill-child"});
  start.environment = php->environment();
  if (!options.private_directories.empty()) start.environment.push_back("HERE=" + directory());
  // .../native/php/php-fpm, with its libraries beside; /usr/sbin is never hidden.
  start.environment.push_back("PHP_TREE=" + std::filesystem::path(php->fpm).parent_path().parent_path().string());
  start.directory = directory();
  int const log = open((directory_ / "fpm.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  start.standard_output = start.standard_error = log;
  start.user = options.user ? options.user : options.user_namespace_of;
  if (start.user) give_to(*start.user, directory());
  child_.emplace(start);
  close(log);
  try {
    wait_until_ready(1);
  } catch (...) {
    stop();
    throw;
  }
}

php_fpm::~php_fpm() {
  stop();
  if (!test_has_failed()) return;
  std::fprintf(stderr, "---- log of php-fpm %s\n%s----\n", version().c_str(), last_lines(log()).c_str());
}

pid_t php_fpm::pid() const {
  return own_pids_ ? child_->children().at(0) : child_->pid();
}

std::string php_fpm::configure(fpm_options const& options) {
  std::ostringstream config;
  config << "[global]\ndaemonize = no\nerror_log = " << directory_ / "fpm.log"
         << "\n";
  for (auto const& line : options.global_lines) config << line << "\n";
  for (auto const& pool : options.pools) {
    auto const& listen = listen_[pool.name] = listen_address(pool, directory());
    config << pool_section(pool, listen);
  }
  auto const path = directory_ / "fpm.conf";
  write_file(path, config.str());
  return path;
}

fastcgi::endpoint php_fpm::endpoint(std::string const& pool) const {
  return fastcgi::endpoint::parse(listen_.at(pool));
}

std::vector<pid_t> php_fpm::workers() const {
  return child_->children();
}

std::string php_fpm::log() const {
  return read_file(directory_ / "fpm.log");
}

std::string php_fpm::write_script(std::string const& name, std::string_view code) const {
  auto const path = document_root() + "/" + name;
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
  write_file(path, code);
  std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - 1h);
  return path;
}

std::size_t php_fpm::times_ready() const {
  std::string_view const mark = "ready to handle connections";
  auto const text = log();
  std::size_t count = 0;
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) ++count;
  return count;
}

void php_fpm::wait_until_ready(std::size_t times) {
  auto const deadline = std::chrono::steady_clock::now() + 10s;
  while (times_ready() < times) {
    bool const ended = child_->wait(1ms).has_value();
    if (ended || std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("php-fpm " + version() + (ended ? " ended" : " is not ready") + " at its start:\n" +
                               log());
    }
  }
}

void php_fpm::reload() {
  auto const before = times_ready();
  child_->signal(SIGUSR2);
  wait_until_ready(before + 1);
}

void php_fpm::stop() noexcept {
  if (own_pids_) {
    for (pid_t const master : child_->children()) kill(master, SIGTERM);
  }
  child_->signal(SIGTERM);
  if (!child_->wait(5s)) child_->kill_all();
}

}  // namespace cachetool::test
