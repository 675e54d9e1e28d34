#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/fastcgi/client.hpp>

#include "adapter/adapter.hpp"
#include "adapter/private_file.hpp"
#include "agent/agent.hpp"

namespace cachetool::adapter {

struct placement_options {
  std::string tmp_dir;     ///< --tmp-dir or temp_dir: tried first; empty for none
  std::string agent_path;  ///< --agent: a file that php-fpm already has, as it sees it; empty for none
  std::string chroot;      ///< the root directory of php-fpm's workers; empty for ours
};

/// Puts the agent where a worker can run it, one place after another until one serves. Whatever is put there for this
/// call alone is gone when this is.
class placement {
 public:
  /// WATCHER must outlive this. Throws error (usage) if the chroot is no directory, or the tmp_dir lies outside.
  placement(placement_options const& options, observer& watcher);

  /// The path of a file with SOURCE, in the place now in use or, for the first call, in the first that can be used.
  /// PEER tells whose workers will read it. Throws error (placement) when no place is left.
  std::string const& path(agent::source const& source, std::optional<fastcgi::peer_credentials> const& peer);

  /// The worker could not run what lies at PATH: the next path() is another place. Throws WHY, with all that was tried,
  /// if there is none left. Does nothing if another place is in use by now: several calls may find the same.
  void reject(std::string const& path, error const& why);

 private:
  enum class way { temporary, installed, kept };
  struct candidate {
    way how;
    std::string where;
    bool named = false;  // by the caller
  };

  void add_candidates(placement_options const& options);
  void add_candidates_in_chroot(placement_options const& options);
  [[nodiscard]] std::string as_seen_by_worker(std::string const& path) const;
  std::string put(candidate const& place, agent::source const& source, mode_t mode);
  void report(error const& why);

  observer& watcher_;
  std::string chroot_;  // without a final slash; empty for none
  std::vector<candidate> candidates_;
  std::size_t current_ = 0;
  std::optional<private_file> file_;
  std::string path_;
  std::string_view placed_sha256_;
  std::string failures_;
};

}  // namespace cachetool::adapter
