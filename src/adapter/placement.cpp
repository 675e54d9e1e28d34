#include "adapter/placement.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "adapter/kept_file.hpp"
#include "adapter/write_file.hpp"
#include "fpm/processes.hpp"

namespace cachetool::adapter {
namespace {

// Without links, as far as it exists.
std::string real_path(std::string const& path) {
  std::string real = std::filesystem::weakly_canonical(std::filesystem::absolute(path));
  while (real.size() > 1 && real.ends_with('/')) real.pop_back();
  return real;
}

// The agent that was installed with the program serves if it is this program's, and nobody but root can change it.
bool installed_agent_is_good() {
  fastcgi::unique_fd const file(open(CACHETOOL_INSTALLED_AGENT, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  return file && fstat(file.get(), &info) == 0 && info.st_uid == 0 && (info.st_mode & 0022U) == 0 &&
         holds(file.get(), agent::complete().text);
}

// Nobody but the worker needs to read a private file. Whose worker it is shows only when the master's children do.
mode_t private_mode(std::optional<fastcgi::peer_credentials> const& peer) {
  uid_t const self = geteuid();
  if (!peer || self == 0) return 0444;
  auto const users = fpm::child_users(peer->pid);
  bool const own = users.empty() ? peer->uid == self : users.size() == 1 && users.front() == self;
  return own ? 0400 : 0444;
}

}  // namespace

placement::placement(placement_options const& options, observer& watcher) : watcher_(watcher) {
  if (!options.chroot.empty()) chroot_ = real_path(options.chroot);
  if (chroot_ == "/") chroot_.clear();
  chroot_.empty() ? add_candidates(options) : add_candidates_in_chroot(options);
}

void placement::add_candidates(placement_options const& options) {
  if (!options.tmp_dir.empty()) {
    candidates_.push_back({way::temporary, std::filesystem::absolute(options.tmp_dir).lexically_normal(), true});
  }
  if (!options.agent_path.empty()) candidates_.push_back({way::installed, options.agent_path, true});
  if (geteuid() == 0) {
    candidates_.push_back({way::kept, "/run/cachetool"});
    candidates_.push_back({way::kept, "/dev/shm/cachetool"});
  }
  for (char const* base : {"/dev/shm", "/tmp", "/var/tmp"}) candidates_.push_back({way::temporary, base});
  // Last, because it holds every operation: some 100 KB of OPcache, where the others leave nothing.
  if (installed_agent_is_good()) candidates_.push_back({way::installed, CACHETOOL_INSTALLED_AGENT});
}

// What is put into a chroot is private, and removed: nobody there knows of it.
void placement::add_candidates_in_chroot(placement_options const& options) {
  if (!std::filesystem::is_directory(chroot_)) {
    throw error(error_kind::usage, "the chroot " + options.chroot + " is no directory");
  }
  if (!options.tmp_dir.empty()) {
    std::string const directory = real_path(options.tmp_dir);
    if (!(directory + "/").starts_with(chroot_ + "/")) {
      throw error(error_kind::usage, "the directory " + options.tmp_dir + " does not lie in the chroot " + chroot_)
          .advise("name one that does, with its path out here: --tmp-dir=" + chroot_ + "/tmp");
    }
    candidates_.push_back({way::temporary, directory, true});
  }
  if (!options.agent_path.empty()) candidates_.push_back({way::installed, options.agent_path, true});
  for (char const* base : {"/dev/shm", "/tmp", "/var/tmp"}) {
    // A link in there may lead out of it; what it leads to in the chroot's own view cannot be told from out here.
    if (real_path(chroot_ + base) == chroot_ + base) candidates_.push_back({way::temporary, chroot_ + base});
  }
}

std::string placement::as_seen_by_worker(std::string const& path) const {
  return path.substr(chroot_.size());
}

std::string const& placement::path(agent::source const& source, std::optional<fastcgi::peer_credentials> const& peer) {
  if (!path_.empty() && placed_sha256_ == source.sha256) return path_;
  for (; current_ < candidates_.size(); ++current_) {
    try {
      path_ = put(candidates_[current_], source, private_mode(peer));
      placed_sha256_ = source.sha256;
      return path_;
    } catch (error const& why) {
      report(why);
    }
  }
  throw error(error_kind::placement, "no place is left where php-fpm could read the agent" + failures_)
      .advise("name a directory that you can write and php-fpm can read: --tmp-dir=DIR");
}

void placement::reject(std::string const& path, error const& why) {
  if (path != path_) return;
  report(why);
  file_.reset();
  path_.clear();
  ++current_;
  if (current_ < candidates_.size()) return;
  std::string places;
  for (candidate const& tried : candidates_) places += (places.empty() ? "" : ", ") + tried.where;
  throw error(why.kind(), why.message() + "; all places were tried: " + places)
      .advise(why.hint())
      .during(phase::answer);
}

std::string placement::put(candidate const& place, agent::source const& source, mode_t mode) {
  file_.reset();
  if (place.how == way::installed) return place.where;
  if (place.how == way::kept) return kept_file(place.where, source);
  file_.emplace(place.where, source.text, mode);
  return as_seen_by_worker(file_->path());
}

void placement::report(error const& why) {
  failures_ += "; " + candidates_[current_].where + ": " + why.message();
  if (candidates_[current_].named) {
    watcher_.named_place_failed(why);
  } else {
    watcher_.place_failed(why);
  }
}

}  // namespace cachetool::adapter
