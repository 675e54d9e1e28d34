#include "releases/last_look.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <ctime>
#include <optional>
#include <string_view>

#include "base/names_in.hpp"
#include "base/path.hpp"
#include "base/sha256.hpp"
#include "base/take.hpp"

namespace cachetool::releases {
namespace {

constexpr record_limits most_remembered{.bytes = std::size_t{1} << 20, .entries = 1000};

std::int64_t now_for_files() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return base::nanoseconds(now);
}

// Another machine's clock may be off by two seconds.
bool has_own_clock(std::string const& directory) {
  constexpr std::array<std::uint64_t, 7> local{0xEF53,     0x58465342, 0x9123683E, 0x01021994,
                                               0x794C7630, 0x2FC12FC1, 0xF2F52010};  // ext4 xfs btrfs tmpfs overlay zfs
  struct statfs info {};                                                             // f2fs
  return statfs(directory.c_str(), &info) == 0 &&
         std::find(local.begin(), local.end(), static_cast<std::uint64_t>(info.f_type)) != local.end();
}

bool is_roots_alone(int directory, mode_t forbidden) {
  struct stat info {};
  return fstat(directory, &info) == 0 && info.st_uid == 0 && (info.st_mode & forbidden) == 0;
}

base::unique_fd open_kept(std::string const& in) {
  constexpr char const* name = "cachetool-graceful";
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  base::unique_fd const parent(open(in.c_str(), flags));
  if (!parent || !is_roots_alone(parent.get(), S_IWGRP | S_IWOTH)) return {};
  mkdirat(parent.get(), name, 0700);
  base::unique_fd kept(openat(parent.get(), name, flags));
  return kept && is_roots_alone(kept.get(), S_IRWXG | S_IRWXO) ? std::move(kept) : base::unique_fd();
}

// The same pid may be another process in a container that has the same directory.
std::string this_process_table() {
  struct stat info {};
  return stat("/proc/self/ns/pid", &info) == 0 ? std::to_string(info.st_ino) + "-" : std::string();
}

std::optional<std::string> read_mounts(pid_t master) {
  constexpr std::size_t most = std::size_t{4} << 20;
  base::unique_fd const file(open(("/proc/" + std::to_string(master) + "/mountinfo").c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::vector<char> part(std::size_t{64} * 1024);
  while (text.size() < most) {
    ssize_t const size = ::read(file.get(), part.data(), part.size());
    if (size < 0) return std::nullopt;
    if (size == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(size));
  }
  return std::nullopt;
}

// Logins and containers come and go there; no site lies there.
bool comes_and_goes(std::string_view mount) {
  constexpr std::array<std::string_view, 7> places{
      "/run/user",       "/run/docker", "/run/netns", "/run/credentials", "/var/lib/docker/overlay2",
      "/run/containerd", "/proc"};
  for (int i = 0; i < 4; ++i) base::take_until(mount, ' ');
  std::string const at(base::take_until(mount, ' '));
  return std::any_of(places.begin(), places.end(),
                     [&at](std::string_view each) { return base::lies_in(at, std::string(each)); });
}

// A mount changes no directory's times, and neither does its end. Empty if nobody tells.
std::string mounts_of(pid_t master) {
  auto const text = read_mounts(master);
  if (!text) return {};
  std::string counting;
  for (std::string_view rest = *text; !rest.empty();) {
    std::string_view const line = base::take_until(rest, '\n');
    if (!comes_and_goes(line)) counting.append(line) += '\n';
  }
  return base::sha256(counting);
}

// A php-fpm that has ended is not asked again.
void forget_ended(int directory, std::string const& table) {
  std::string const beginning = "." + table;
  for (std::string const& name : base::names_in(directory)) {
    if (!name.starts_with(beginning)) continue;
    pid_t pid = 0;
    std::from_chars(name.data() + beginning.size(), name.data() + name.size(), pid);
    if (pid > 0 && kill(pid, 0) != 0 && errno == ESRCH) unlinkat(directory, name.c_str(), 0);
  }
}

}  // namespace

last_look::last_look(pid_t master, std::string const& kept_in)
    : name_(this_process_table() + std::to_string(master)),
      root_("/proc/" + std::to_string(master) + "/root"),
      began_(now_for_files()),
      mounts_(mounts_of(master)) {
  auto const process = base::look_at("/proc/" + std::to_string(master));
  if (geteuid() != 0 || !process || process->st_uid != 0 || mounts_.empty()) return;
  kept_ = open_kept(kept_in);
  if (!kept_) return;
  record_ = site_record::read(kept_.get(), name_, most_remembered, mounts_);
  for (verified const& each : record_.entries()) known_.emplace(each.path, unchanged_since(each, root_));
}

bool last_look::is_root(std::string const& place) const {
  auto const root = base::look_at(root_ + "/.");
  return root && place == std::to_string(root->st_dev) + ":" + std::to_string(root->st_ino);
}

bool last_look::has_unchanged(std::string const& path) const {
  if (!path.starts_with('/')) return false;  // in a phar
  for (std::string above = path; above != "/";) {
    above = base::parent_of(above);
    if (auto const known = known_.find(above); known != known_.end() && known->second(path)) return true;
  }
  return false;
}

bool last_look::sees(std::string const& path) const {
  struct stat info {};
  return lstat((root_ + path).c_str(), &info) == 0;
}

base::file_identity last_look::itself(std::string const& path) const {
  return verified_at(path, 0, root_).itself;
}

void last_look::note(std::string const& directory) {
  constexpr std::int64_t two_seconds = 2'000'000'000;
  bool const is_exact = directory != "/" && has_own_clock(root_ + directory);
  record_.set(verified_at(directory, is_exact ? began_ : began_ - two_seconds, root_));
}

void last_look::note(std::vector<std::string> const& directories) {
  std::vector<verified> const before = record_.entries();
  for (verified const& each : before) note(each.path);
  for (std::string const& each : directories) note(each);
  note("/");  // of everything else the ctimes tell, up to here
}

void last_look::write() const {
  if (!kept_) return;
  forget_ended(kept_.get(), this_process_table());
  record_.write(kept_.get(), name_, most_remembered, mounts_);
}

}  // namespace cachetool::releases
