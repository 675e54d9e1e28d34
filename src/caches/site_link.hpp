#pragma once

#include <string>

namespace cachetool::deploy {

/// The link that leads to the release which is live, on this machine's file system.
class site_link {
 public:
  /// CURRENT is absolute. Throws error (usage) if it is there and no link, or if its directory is not there.
  explicit site_link(std::string current);

  /// Where it leads, by its real path; empty if nowhere.
  [[nodiscard]] std::string target() const;

  /// Lets it lead to RELEASE, a directory, in one step: at any time there is the old link or the new one. It stays as
  /// relative as it was, and its owner's. Throws error (usage) if it may not be changed.
  void lead_to(std::string const& release) const;

 private:
  std::string path_;
};

}  // namespace cachetool::deploy
