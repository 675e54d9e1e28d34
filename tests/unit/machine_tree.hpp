#pragma once

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.hpp"
#include "fpm/discovery.hpp"
#include "support/temp_dir.hpp"

namespace cachetool::test {

/// A unix socket at PATH. Not LISTENING it is as a dead php-fpm leaves it behind.
inline base::unique_fd listening_socket(std::string const& path, bool listening) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  base::unique_fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("bind");
  if (listening && listen(fd.get(), 8) != 0) throw std::runtime_error("listen");
  return fd;
}

/// A process of a small machine.
struct tree_process {
  pid_t pid = 0;
  pid_t parent = 1;
  std::string title{};       ///< or a command line, with NULs between its arguments
  std::string executable{};  ///< as its link /proc/PID/exe says; hidden if empty
  uid_t real = 0;
  uid_t effective = 0;
};

/// Two directories that stand for /proc and / of a machine that we do not have.
class machine_tree {
 public:
  machine_tree() {
    file("/proc/1/cmdline", "/sbin/init");
    file("/proc/self/mountinfo", "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  }

  [[nodiscard]] std::string path(std::string const& name) const { return directory_.path() + name; }

  /// As the user who runs the tests sees it: whose files here are its own.
  [[nodiscard]] fpm::search_options where_to_look() const { return {path("/proc"), path(""), geteuid(), false}; }

  void file(std::string const& name, std::string_view content) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << content;
  }

  void link(std::string const& name, std::string const& target) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::filesystem::create_symlink(target, path(name));
  }

  void process(tree_process const& what) const {
    std::string const of = "/proc/" + std::to_string(what.pid);
    std::string const users = std::to_string(what.real) + "\t" + std::to_string(what.effective);
    std::string title = what.title;
    title.resize(title.size() + 40);  // php-fpm leaves NULs where its arguments and its environment stood
    file(of + "/cmdline", title);
    file(of + "/status", "Name:\tphp-fpm\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t1\nPid:\t" +
                             std::to_string(what.pid) + "\nPPid:\t" + std::to_string(what.parent) +
                             "\nTracerPid:\t0\nUid:\t" + users + "\t" + std::to_string(what.effective) + "\t" +
                             std::to_string(what.effective) + "\nGid:\t0\t0\t0\t0\n");
    file(of + "/mountinfo", "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
    if (!what.executable.empty()) executable(what.pid, what.executable);
  }

  /// The process runs PROGRAM, which becomes an executable of this machine.
  void executable(pid_t pid, std::string const& program) const {
    if (!std::filesystem::exists(path(program))) file(program, "\177ELF");
    std::filesystem::permissions(path(program), std::filesystem::perms{0755});
    link("/proc/" + std::to_string(pid) + "/exe", path(program));
  }

  /// A master as packages start it, root's as far as the test's user can be root.
  void master(pid_t pid, std::string const& config, std::string const& program) const {
    process({pid, 1, "php-fpm: master process (" + config + ")", program, geteuid(), geteuid()});
  }

  void worker(pid_t pid, pid_t parent, std::string const& pool, uid_t user = 33) const {
    process({pid, parent, "php-fpm: pool " + pool, "", user, user});
  }

  /// The unix sockets that are listened on.
  void unix_sockets(std::vector<std::string> const& paths) const {
    std::string text = "Num       RefCount Protocol Flags    Type St Inode Path\n";
    int inode = 1000;
    for (std::string const& one : paths) {
      text += "0000000000000000: 00000002 00000000 00010000 0001 01 " + std::to_string(++inode) + " " + one + "\n";
    }
    file("/proc/net/unix", text);
  }

 private:
  temp_dir directory_;
};

}  // namespace cachetool::test
