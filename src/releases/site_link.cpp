#include "releases/site_link.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/sysmacros.h>

#include <cachetool/error.hpp>

#include "adapter/adapter.hpp"
#include "base/file_info.hpp"
#include "base/names_in.hpp"
#include "base/path.hpp"
#include "base/random_hex.hpp"
#include "base/text.hpp"
#include "releases/open_directory.hpp"

namespace cachetool::releases {
namespace {

namespace fs = std::filesystem;
using clock = std::chrono::steady_clock;

error cannot(std::string const& what, int code) {
  return error(error_kind::usage, what + ": " + base::errno_text(code))
      .advise("run this as a user who may write the directory that the link lies in");
}

error overtaken(std::string const& path) {
  return error(error_kind::php_error,
               "somebody else has changed " + path + " since this deployment began; nothing was switched")
      .advise("see where it leads now (ls -l " + base::shell_word(path) +
              "), and deploy again if it is to lead elsewhere");
}

error no_link(std::string const& path) {
  return error(error_kind::usage, path + " is not a symbolic link")
      .advise("releases are switched by a link: name that link, not the directory that it leads to");
}

bool is_same_state(struct stat const& a, struct stat const& b) {
  return base::identity_of(a) == base::identity_of(b) && a.st_mode == b.st_mode &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

std::optional<struct stat> look_at(int directory, std::string const& name) {
  struct stat info {};
  if (fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return info;
}

// Only root can give the new link away, and only root needs to. Somebody who may write to the directory may have put
// another file in its place. So it is given by its descriptor, and only if it is root's own link and has no other name.
void give_to(struct stat const& owner, int directory, std::string const& made) {
  base::unique_fd const link(openat(directory, made.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (!link || fstat(link.get(), &info) != 0) return;
  if (!S_ISLNK(info.st_mode) || info.st_uid != 0 || info.st_nlink != 1) return;
  [[maybe_unused]] int const given = fchownat(link.get(), "", owner.st_uid, owner.st_gid, AT_EMPTY_PATH);
}

#if !defined(__GLIBC__)
// musl has no function for this call of the system.
int renameat2(int from, char const* old_name, int to, char const* new_name, unsigned flags) {
  return static_cast<int>(syscall(SYS_renameat2, from, old_name, to, new_name, flags));
}
#endif

int exchange(int directory, std::string const& a, std::string const& b) {
  return renameat2(directory, a.c_str(), directory, b.c_str(), RENAME_EXCHANGE);
}

bool has_no_exchange(int code) {
  return code == EINVAL || code == ENOSYS || code == EPERM;
}

// "1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF"
std::string holder_of(struct stat const& directory) {
  std::array<char, 64> where{};
  std::snprintf(where.data(), where.size(), "%02x:%02x:%lu", major(directory.st_dev), minor(directory.st_dev),
                static_cast<unsigned long>(directory.st_ino));
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, advisory, access, pid, file;
    words >> number >> kind >> advisory >> access >> pid >> file;
    if (kind != "FLOCK" || file != where.data() || pid.empty()) continue;
    std::string command;
    std::getline(std::ifstream("/proc/" + pid + "/comm"), command);
    return "process " + pid + (command.empty() ? "" : " (" + base::printable(command, 16) + ")");
  }
  return "another deployment";
}

// That name may hold somebody else's link by now, which was exchanged for ours.
void remove_own(int directory, std::string const& made, std::string const& text) {
  std::string found(text.size() + 1, '\0');
  ssize_t const size = readlinkat(directory, made.c_str(), found.data(), found.size());
  if (size >= 0 && std::string_view(found).substr(0, static_cast<std::size_t>(size)) != text) return;
  unlinkat(directory, made.c_str(), 0);
}

bool is_made_by_us(std::string_view name, std::string const& link) {
  std::string const prefix = "." + link + ".";
  constexpr std::size_t digits = 32;
  if (!name.starts_with(prefix) || name.size() != prefix.size() + digits) return false;
  return name.substr(prefix.size()).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

site_link::site_link(std::string current) : path_(std::move(current)) {
  while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
  fs::path const path(path_);
  name_ = path.filename().string();
  directory_ = open_directory(path.has_parent_path() ? path.parent_path().string() : ".");
  remember();
}

void site_link::remember() {
  known_ = look_at(directory_.get(), name_);
  if (known_ && !S_ISLNK(known_->st_mode)) throw no_link(path_);
}

void site_link::lock(std::chrono::milliseconds patience, std::function<void(std::string const& holder)> const& waiting,
                     int interrupt_fd) {
  auto const until = clock::now() + patience;
  bool told = false;
  while (flock(directory_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return;  // the file system has no locks
    struct stat info {};
    std::string const holder = fstat(directory_.get(), &info) == 0 ? holder_of(info) : "another deployment";
    if (clock::now() >= until) {
      throw error(error_kind::timeout, holder + " works on a link in the directory of " + path_ +
                                           ", and has not ended in time; nothing was switched")
          .advise("try again when it has ended; --deadline says how long to wait for it");
    }
    if (!told) waiting(holder);
    told = true;
    adapter::pause(std::chrono::milliseconds{50}, interrupt_fd);
  }
  locked_ = true;
  sweep();
  remember();
}

// Removes what a deployment left that was killed between making the new link and putting it in place: such a link would
// protect its release from opcache:prune for ever. Somebody who may write to the directory may have filled it; the rest
// is done the next time.
void site_link::sweep() const {
  for (std::string const& found : base::names_in(directory_.get())) {
    if (!is_made_by_us(found, name_)) continue;
    auto const info = look_at(directory_.get(), found);
    bool const is_ours = info && (info->st_uid == geteuid() || geteuid() == 0);
    if (is_ours && (S_ISLNK(info->st_mode) || S_ISREG(info->st_mode))) unlinkat(directory_.get(), found.c_str(), 0);
  }
}

std::string site_link::target() const {
  return base::real_path(path_);
}

std::int64_t site_link::made_at() const {
  if (!known_) return 0;
  return std::min(base::nanoseconds(known_->st_mtim), base::nanoseconds(known_->st_ctim));
}

bool site_link::is_as_left() const {
  auto const now = look_at(directory_.get(), name_);
  return now.has_value() == known_.has_value() && (!now || is_same_state(*now, *known_));
}

// What to write into the link: a relative path if it was relative.
std::string site_link::link_text(std::string const& release) const {
  std::string text(4096, '\0');
  ssize_t const size = readlinkat(directory_.get(), name_.c_str(), text.data(), text.size());
  if (size <= 0 || text.front() == '/') return release;
  return fs::path(release).lexically_relative(base::real_path(base::parent_of(path_))).string();
}

// The path may lead to another directory by now; then php-fpm would not see a change made here.
void site_link::require_same_directory() const {
  struct stat held {};
  struct stat named {};
  bool const same = fstat(directory_.get(), &held) == 0 && stat(base::parent_of(path_).c_str(), &named) == 0 &&
                    base::identity_of(held) == base::identity_of(named);
  if (!same) throw overtaken(path_);
}

void site_link::lead_to(std::string const& release, std::function<void()> const& check) {
  require_same_directory();
  std::string const text = link_text(release);
  if (known_) {
    replace(text, check);
  } else {
    if (check) check();
    make(text);
  }
}

void site_link::make(std::string const& text) {
  if (symlinkat(text.c_str(), directory_.get(), name_.c_str()) != 0) {
    int const code = errno;
    if (code == EEXIST) throw overtaken(path_);
    throw cannot("cannot make the link " + path_, code);
  }
  known_ = look_at(directory_.get(), name_);
}

void site_link::replace(std::string const& text, std::function<void()> const& check) {
  std::string const made = "." + name_ + "." + base::random_hex();
  if (symlinkat(text.c_str(), directory_.get(), made.c_str()) != 0) {
    throw cannot("cannot make a link beside " + path_, errno);
  }
  try {
    if (geteuid() == 0) give_to(*known_, directory_.get(), made);
    auto const itself = look_at(directory_.get(), made);
    if (!itself) throw overtaken(path_);
    if (check) check();
    put_in_place(made, *itself);
  } catch (...) {
    remove_own(directory_.get(), made, text);
    throw;
  }
}

// The link that came out is not the one that was looked at.
void site_link::put_back(std::string const& taken_out) {
  if (exchange(directory_.get(), taken_out, name_) == 0) throw overtaken(path_);
  int const code = errno;
  std::string const kept = base::parent_of(path_) + "/" + taken_out;
  throw error(error_kind::php_error, "somebody else has changed " + path_ +
                                         " since this deployment began, and what was put there cannot be put back: " +
                                         base::errno_text(code) + "; it is " + kept + " now")
      .advise("see where " + base::shell_word(path_) + " leads now, and deploy again");
}

// If the file system can exchange two names, this sees whatever somebody else puts there in the last moment, and puts
// it back. Over NFS a rename may report an error although it was done; it counts as done.
void site_link::put_in_place(std::string const& made, struct stat const& itself) {
  if (!is_as_left()) throw overtaken(path_);
  int const at = directory_.get();
  bool const exchanged = exchange(at, made, name_) == 0;
  int code = exchanged ? 0 : errno;
  if (exchanged) {
    auto const old = look_at(at, made);
    if (old && !is_same_state(*old, *known_)) put_back(made);
  } else if (has_no_exchange(code)) {
    code = renameat(at, made.c_str(), at, name_.c_str()) == 0 ? 0 : errno;
  }
  auto const now = look_at(at, name_);
  bool const is_there = now && base::identity_of(*now) == base::identity_of(itself);
  if (code != 0 && !is_there) throw cannot("cannot switch the link " + path_, code);
  unlinkat(at, made.c_str(), 0);  // the old link, if the two were exchanged
  known_ = now;
}

}  // namespace cachetool::releases
