#pragma once

#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/unique_fd.hpp"

namespace cachetool::releases {

/// The link to the live release, on this machine's file system. Its directory is held open: if something else comes to
/// stand at the directory's path, it is not touched.
class site_link {
 public:
  /// `current` is the link's absolute path; there may be none yet. Throws error (usage) if something else than a link
  /// is there, or if its directory does not exist.
  explicit site_link(std::string current);

  /// Waits, for `patience` at most, until no other deployment works on a link in that directory. Keeps others waiting
  /// from then on, as long as this object lives. Calls `waiting` once if it has to wait, and says who holds the lock:
  /// "process 12 (cachetool)". Stops waiting once `interrupt_fd` is readable. Throws error: timeout, interrupted. A
  /// file system without locks does not stop it.
  void lock(std::chrono::milliseconds patience, std::function<void(std::string const& holder)> const& waiting,
            int interrupt_fd = -1);

  /// The real path that it leads to; empty if nowhere.
  [[nodiscard]] std::string target() const;

  /// When it was made, in nanoseconds of its file system's clock; 0 if unknown.
  [[nodiscard]] std::int64_t made_at() const;

  /// Remembers which link this is; lead_to() refuses to replace another one.
  void remember();

  /// Points the link to the directory `release`, in one step: at any time there is the old link or the new one. It
  /// stays relative if it was, and keeps its owner. Calls `check` as the last thing before; it may throw. Throws error:
  /// usage if the link may not be changed; overtaken() if it is not the link that was remembered.
  void lead_to(std::string const& release, std::function<void()> const& check = {});

  /// True if it is still the link that remember() saw or lead_to() made.
  [[nodiscard]] bool is_as_left() const;

  /// The directory's descriptor, the link's name in it, and the whole path.
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
  std::optional<struct stat> known_;  // the link to replace, or the one that was made
};

}  // namespace cachetool::releases
