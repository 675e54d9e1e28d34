#include "releases/site_record.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <exception>
#include <map>
#include <memory>
#include <string_view>

#include "base/path.hpp"
#include "base/take.hpp"
#include "releases/kept_text.hpp"

namespace cachetool::releases {
namespace {

kept_name record_beside(std::string const& link) {
  return {link, "cachetool"};
}

std::int64_t now_by(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return base::nanoseconds(now);
}

// It shrinks if somebody sets the clock back.
std::int64_t clock_ahead_of_boot() {
  return now_by(CLOCK_REALTIME) - now_by(CLOCK_BOOTTIME);
}

// A file that changes after the clock was set back may have a time before that of the entries.
bool still_holds(std::string_view line, std::string const& surroundings) {
  constexpr std::int64_t two_seconds = 2'000'000'000;
  std::int64_t clock = 0;
  return base::take_number(line, clock) && clock_ahead_of_boot() > clock - two_seconds && line == surroundings;
}

// "since device inode path"
bool take_entry(std::string_view line, verified& into) {
  bool const read = base::take_number(line, into.since) && base::take_number(line, into.itself.device) &&
                    base::take_number(line, into.itself.inode);
  into.path = line;
  return read && line.starts_with('/');
}

bool is_there(verified const& entry, std::string const& root = {}) {
  struct stat info {};
  return lstat((root + entry.path).c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
         base::identity_of(info) == entry.itself;
}

std::string text_of(std::vector<verified> const& entries, std::size_t most) {
  std::string text;
  std::int64_t const now = now_by(CLOCK_REALTIME);
  std::size_t left = most;
  for (auto each = entries.rbegin(); each != entries.rend() && left > 0; ++each) {
    if (each->since > now || each->path.find('\n') != std::string::npos || !is_there(*each)) continue;
    text.insert(0, std::to_string(each->since) + " " + std::to_string(each->itself.device) + " " +
                       std::to_string(each->itself.inode) + " " + each->path + "\n");
    --left;
  }
  return text;
}

/// Tells whether files below a directory have changed since a moment.
class changes {
 public:
  changes(verified entry, std::string root)
      : entry_(std::move(entry)), root_(std::move(root)), same_(is_there(entry_, root_)) {}

  bool unchanged(std::string const& path) {
    struct stat info {};
    if (!same_ || !base::lies_in(path, entry_.path) || lstat((root_ + path).c_str(), &info) != 0) return false;
    return S_ISREG(info.st_mode) && is_older(info) && !was_moved(base::parent_of(path));
  }

 private:
  [[nodiscard]] bool is_older(struct stat const& info) const { return base::nanoseconds(info.st_ctim) < entry_.since; }

  // A directory that was renamed since then has a newer ctime, and so has its parent. The verified directory itself is
  // known by its inode, whatever happened around it.
  bool was_moved(std::string const& directory) {
    if (directory.size() <= entry_.path.size()) return false;
    if (auto const known = moved_.find(directory); known != moved_.end()) return known->second;
    std::string const above = base::parent_of(directory);
    bool const moved = (is_newer(directory) && is_newer(above)) || was_moved(above);
    return moved_[directory] = moved;
  }

  [[nodiscard]] bool is_newer(std::string const& directory) const {
    struct stat info {};
    return lstat((root_ + directory).c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || !is_older(info);
  }

  verified entry_;
  std::string root_;
  bool same_;
  std::map<std::string, bool> moved_;
};

}  // namespace

site_record site_record::read(int directory, std::string const& name, record_limits const& most,
                              std::string const& surroundings) {
  site_record out;
  std::int64_t const now = now_by(CLOCK_REALTIME);
  std::string const text = read_kept(directory, record_beside(name), most.bytes);
  std::string_view rest = text;
  if (!still_holds(base::take_until(rest, '\n'), surroundings)) return out;
  while (!rest.empty()) {
    verified entry;
    if (take_entry(base::take_until(rest, '\n'), entry) && entry.since <= now) out.set(std::move(entry));
  }
  return out;
}

verified const* site_record::find(std::string const& path) const noexcept {
  auto const found =
      std::find_if(entries_.begin(), entries_.end(), [&](verified const& each) { return each.path == path; });
  return found == entries_.end() ? nullptr : &*found;
}

void site_record::set(verified entry) {
  std::erase_if(entries_, [&](verified const& each) { return each.path == entry.path; });
  if (!entry.path.empty()) entries_.push_back(std::move(entry));
}

// The link has moved by now, so a failure to keep the record is no reason to fail.
void site_record::write(int directory, std::string const& name, record_limits const& most,
                        std::string const& surroundings) const {
  try {
    std::string const first = std::to_string(clock_ahead_of_boot()) + " " + surroundings + "\n";
    keep(directory, record_beside(name), first + text_of(entries_, most.entries), 0644);
  } catch (std::exception const&) {
    return;
  }
}

std::function<bool(std::string const& path)> unchanged_since(verified const& entry, std::string const& root) {
  return [all = std::make_shared<changes>(entry, root)](std::string const& path) { return all->unchanged(path); };
}

verified verified_at(std::string const& path, std::int64_t since, std::string const& root) {
  struct stat info {};
  if (lstat((root + path).c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) return {};
  return {path, base::identity_of(info), since};
}

}  // namespace cachetool::releases
