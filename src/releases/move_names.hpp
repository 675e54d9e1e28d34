#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"
#include "releases/site.hpp"

/// Names below a site's link that are keys of OPcache and lead to a release that is no longer live.
namespace cachetool::releases {

/// A name below the link that was a key of OPcache and led to an old release.
struct moved_name {
  enum class outcome : std::uint8_t {
    moved,       ///< it leads to the live release
    gone,        ///< the live release has no such file
    not_cached,  ///< PHP does not keep it: each request compiles it
    left,        ///< it leads nowhere, until its first visitor makes PHP compile the live release's file
    failed       ///< the live release's file does not compile
  };
  std::string path;  ///< of the old script
  std::string live;  ///< of the live release's file
  outcome what = outcome::failed;
  std::string why;
};

/// Which names are moved.
struct move_query {
  std::string current;  ///< the link, as php-fpm sees it
  std::string live;     ///< the release that the link leads to
  opcache::pacing pace;
};

/// Moves the names to the live release, and keeps the result of each.
class name_mover {
 public:
  /// `old` are the releases that the names may lead to. Their script counts go down as names are moved. The vector may
  /// grow, and must outlive this object.
  name_mover(adapter::adapter& php, move_query query, std::vector<release>& old, opcache::progress tell);

  /// Returns the scripts of the old releases that may have such a name. Throws error as scripts_with_aliases() does.
  [[nodiscard]] std::vector<aliased_script> find() const;

  /// Moves the names of the scripts at `paths` once. Leaves a name alone that leads to the live release already.
  /// Returns the paths to look at again. Throws error.
  std::vector<std::string> move(std::vector<std::string> const& paths);

  /// Moves the names of the scripts, and looks at all of them again until none had to be moved: a request that still
  /// ran may have compiled an old script anew meanwhile. Returns what is wrong, if anything is. Throws error.
  std::optional<std::string> move_until_none_is_left(std::vector<aliased_script> const& scripts);

  /// Whether names lead to `release`, which must be among the old ones. OPcache does not say where a name leads, so
  /// this moves a few of them and sees what happens. Throws error.
  bool leads_to(release const& release);

  /// Waits until no name leads nowhere any more, for a second or `patience`, whichever is shorter. Such a name is a key
  /// that still belongs to the old script, and comes back to life when anybody compiles that. Only a visitor who asks
  /// for the live file by this name, or a reset, ends that. Returns what is wrong, if anything is. Throws error.
  std::optional<std::string> await_first_visitors(std::chrono::milliseconds patience);

  /// The results so far.
  [[nodiscard]] std::vector<moved_name>& names() noexcept { return names_; }

  /// The old release that holds `path`. Throws error (protocol) if there is none.
  [[nodiscard]] release& old_release_of(std::string const& path) const;

 private:
  bool led_to(std::string const& path);
  void take(std::string const& path, opcache::compile_row row);
  [[nodiscard]] std::vector<std::string> that_lead_nowhere() const;

  adapter::adapter& php_;
  move_query query_;
  std::vector<release>& old_;
  opcache::progress tell_;
  std::vector<moved_name> names_;
};

}  // namespace cachetool::releases
