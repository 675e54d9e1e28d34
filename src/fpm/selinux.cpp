#include "fpm/selinux.hpp"

#include <sys/xattr.h>

#include <array>
#include <cstring>

#include "fpm/proc.hpp"
#include "fpm/processes.hpp"

namespace cachetool::fpm {
namespace {

// Labels may end with a NUL.
std::string without_end(std::string label) {
  label.resize(strnlen(label.data(), label.size()));
  while (label.ends_with('\n')) label.pop_back();
  return label;
}

std::string label_of(std::string const& file) {
  std::array<char, 256> label{};
  ssize_t const size = lgetxattr(file.c_str(), "security.selinux", label.data(), label.size());
  return size > 0 ? without_end(std::string(label.data(), static_cast<std::size_t>(size))) : std::string();
}

}  // namespace

std::optional<security_labels> enforced_labels(std::string const& file, pid_t master, search_options const& where) {
  if (!proc(where.root + "/sys/fs/selinux").read("enforce", 8).value_or("").starts_with('1')) return std::nullopt;
  proc const processes(where.proc);
  auto const workers = master == 0 ? std::vector<pid_t>() : children(processes, master).value_or({});
  security_labels out;
  if (!workers.empty()) {
    std::string const worker = std::to_string(workers.front());
    out.process = without_end(processes.read(worker + "/attr/current", 256).value_or(""));
    out.file = label_of(where.proc + "/" + worker + "/root" + file);
  }
  if (out.file.empty()) out.file = label_of(file);
  return out;
}

}  // namespace cachetool::fpm
