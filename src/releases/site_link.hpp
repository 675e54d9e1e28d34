#pragma once

#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/unique_fd.hpp"

namespace cachetool::releases {

/// The link that leads to the release which is live, on this machine's file system. Its directory is held open, so that
/// whatever comes to stand at its path meanwhile is not touched.
class site_link {
 public:
  /// CURRENT is absolute. Throws error (usage) if it is there and no link, or if its directory is not there.
  explicit site_link(std::string current);

  /// Waits until no other deployment works on a link in that directory, for PATIENCE at most, and keeps others waiting
  /// from then on, for as long as this lives. WAITING is called once if it has to wait, with who holds it: "process 12
  /// (cachetool)". INTERRUPT_FD: readable once it is not to be waited for any more. Throws error: timeout, interrupted.
  /// A file system without locks is no hindrance.
  void lock(std::chrono::milliseconds patience, std::function<void(std::string const& holder)> const& waiting,
            int interrupt_fd = -1);

  /// Where it leads, by its real path; empty if nowhere.
  [[nodiscard]] std::string target() const;

  /// When it was made, in nanoseconds of its file system's clock; 0 where that is not known.
  [[nodiscard]] std::int64_t made_at() const;

  /// Keeps in mind which link it is; lead_to() refuses to replace another.
  void remember();

  /// Lets it lead to RELEASE, a directory, in one step: at any time there is the old link or the new one. It stays as
  /// relative as it was, and its owner's. CHECK is called right before, when nothing else is left to be done, and may
  /// throw. Throws error: usage if it may not be changed; overtaken() if it is not the link that was remembered.
  void lead_to(std::string const& release, std::function<void()> const& check = {});

  /// True if it is still the link that remember() saw, or lead_to() made.
  [[nodiscard]] bool is_as_left() const;

  /// A link of that directory, by its name in it.
  [[nodiscard]] int directory() const noexcept { return directory_.get(); }
  [[nodiscard]] std::string const& name() const noexcept { return name_; }
  [[nodiscard]] std::string const& path() const noexcept { return path_; }

 private:
  void require_same_directory() const;
  void sweep() const;
  [[nodiscard]] std::string link_text(std::string const& release) const;
  void make(std::string const& text);
  void replace(std::string const& text, std::function<void()> const& check);
  void put_in_place(std::string const& made, struct stat const& itself);
  void put_back(std::string const& taken_out);

  std::string path_;
  std::string name_;
  base::unique_fd directory_;
  bool locked_ = false;
  std::optional<struct stat> known_;  // the link that is to be replaced, or was made
};

}  // namespace cachetool::releases
