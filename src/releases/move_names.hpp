#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"
#include "releases/site.hpp"

/// The names below a site's link that are keys of OPcache's, and that lead to a release which is not live any more.
namespace cachetool::releases {

/// A name below CURRENT that was a key of OPcache's and led to an old release.
struct moved_name {
  enum class outcome : std::uint8_t {
    moved,       ///< it leads to the live release
    gone,        ///< the live release has no such file
    not_cached,  ///< PHP does not keep it: each request compiles it
    left,        ///< it leads nowhere, until its first visitor has the live release's file compiled
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
  std::string live;     ///< the release to which it leads
  opcache::pacing pace;
};

/// Has the names lead to the live release, and keeps what came of each.
class name_mover {
 public:
  /// OLD are the releases to which they may lead; of each the scripts are counted down as their names are moved. It may
  /// grow while this lives, which it must outlive.
  name_mover(adapter::adapter& php, move_query query, std::vector<release>& old, opcache::progress tell);

  /// The scripts of the old releases that may have such a name. Throws error as scripts_with_aliases() does.
  [[nodiscard]] std::vector<aliased_script> find() const;

  /// Moves the names of the scripts PATHS once; a name that leads to the live release already is left as it is. Returns
  /// the paths that are to be looked at again. Throws error.
  std::vector<std::string> move(std::vector<std::string> const& paths);

  /// Moves the names of SCRIPTS, and looks at all again until none had to be moved: a request that still ran may have
  /// compiled an old script anew meanwhile. Returns what is wrong, if anything is. Throws error.
  std::optional<std::string> move_until_none_is_left(std::vector<aliased_script> const& scripts);

  /// Whether the names of RELEASE, which is among the old ones by now, lead to it, as far as a few of its scripts tell:
  /// OPcache does not say where a name leads. What led there is moved. Throws error.
  bool leads_to(release const& release);

  /// Waits a second at most, or PATIENCE, until no name leads nowhere any more: such a name is a key that still belongs
  /// to the old script, and comes to life with it, whoever compiles that. Only a visitor who asks for the live file by
  /// this name, or a reset, puts an end to that. Returns what is wrong, if anything is. Throws error.
  std::optional<std::string> await_first_visitors(std::chrono::milliseconds patience);

  /// What came of the names so far.
  [[nodiscard]] std::vector<moved_name>& names() noexcept { return names_; }

  /// The one of the old releases in which PATH lies, which it must.
  [[nodiscard]] release& old_release_of(std::string const& path) const;

 private:
  void take(std::string const& path, opcache::compile_row row);
  [[nodiscard]] std::vector<std::string> that_lead_nowhere() const;

  adapter::adapter& php_;
  move_query query_;
  std::vector<release>& old_;
  opcache::progress tell_;
  std::vector<moved_name> names_;
};

}  // namespace cachetool::releases
