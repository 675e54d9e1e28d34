#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/fastcgi/client.hpp>

#include "agent/agent.hpp"
#include "agent/observer.hpp"
#include "fpm/master.hpp"
#include "placement/candidates.hpp"
#include "placement/private_file.hpp"
#include "placement/worker_root.hpp"

namespace cachetool::placement {

struct options {
  std::string tmp_dir;     ///< --tmp-dir or temp_dir: tried first; empty: none
  std::string agent_path;  ///< --agent: a file that php-fpm already has, as php-fpm sees it; empty: none
  std::string chroot;      ///< the root directory of php-fpm's workers; empty: find out
  int interrupt_fd = -1;   ///< ends a search when it becomes readable
};

/// Puts the agent where a worker can run it, and tries one place after another until one works. The destructor removes
/// whatever was put there for this call alone.
class placer {
 public:
  /// For the workers behind `where`. The observer must outlive this. Throws error (usage) if the chroot is not a
  /// directory, or the tmp_dir lies outside of it.
  placer(options options, fastcgi::endpoint where, agent::observer& watcher);

  /// Returns the path of a file with this source, in the place now in use or, at the first call, in the first usable
  /// one. `peer` tells whose workers will read it. Valid until the next call. Throws error (placement) if no place is
  /// left; the next call begins with the first one again.
  std::string const& path(agent::source const& source, std::optional<fastcgi::peer_credentials> const& peer);

  /// Says that the worker could not run the agent at `path`, or that it could not do its work there: the next path() is
  /// another place. `allowed` is where PHP said it may lie, for error (open_basedir) and (restricted). Throws `why`,
  /// with everything that was tried, if no place is left. Does nothing if another place is in use by now: several calls
  /// may find the same.
  void reject(std::string const& path, error const& why, std::vector<std::string> const& allowed);

  /// True if the place in use holds an agent that was installed before, perhaps by another version.
  [[nodiscard]] bool is_installed() const noexcept { return candidates_[current_].how == candidate::kind::installed; }

  /// True if no place is left, until the next path().
  [[nodiscard]] bool is_exhausted() const noexcept { return planned_ && current_ == candidates_.size(); }

 private:
  void enter_chroot();
  void plan(pid_t master);
  void start_over();
  void look(pid_t master);
  [[nodiscard]] std::vector<candidate> named_places() const;
  [[nodiscard]] std::vector<candidate> own_places() const;
  [[nodiscard]] std::string as_worker_names(std::string const& path) const;
  void reconsider(error const& why, std::vector<std::string> const& allowed);
  void add_told(std::vector<candidate>& rest, std::vector<std::string> const& directories) const;
  [[nodiscard]] std::vector<candidate> seen_by_workers(std::vector<candidate> rest);
  std::string put(candidate const& place, agent::source const& source, mode_t mode);
  void report(error const& why);
  [[noreturn]] void give_up() const;

  options options_;
  fastcgi::endpoint where_;
  agent::observer& watcher_;
  pid_t master_ = 0;                     // 0 if unknown
  worker_root root_;                     // the workers' root directory
  std::string root_path_;                // a chroot's path seen from outside, without a trailing slash; empty: none
  std::optional<uid_t> open_to_;         // see base_directory
  std::optional<fpm::process> foreign_;  // a worker whose file system root puts nothing into
  bool planned_ = false;
  std::vector<candidate> candidates_;
  std::size_t current_ = 0;
  std::optional<private_file> file_;
  std::string path_;
  std::string_view placed_sha256_;
  std::optional<error> rejected_;  // why the worker could not use the last place
  std::string tried_;
  std::string failures_;
};

}  // namespace cachetool::placement
