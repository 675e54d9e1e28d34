#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/caches.hpp>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"

/// Compiling a release that is to go live.
namespace cachetool::opcache {

struct warm_options {
  /// Compile what is cached of the release that runs, if there is any, and nothing else of FILES.
  bool like_running = true;

  /// The release that runs, by its real name; empty: none does. Without it, what running_release() says.
  std::optional<std::string> running;

  /// The files of the release, by their real names, as php-fpm sees them. Those outside of it are left out.
  std::vector<std::string> files;

  /// Further links that lead to the running release, or will: "/srv/site/current". Those beside the releases and beside
  /// their directory are found.
  std::vector<std::string> links;

  pacing pace;
};

struct warmed_script {
  enum class outcome : std::uint8_t {
    compiled,    ///< the cache has it now
    ready,       ///< the cache had it already, as the file is
    left_out,    ///< a name of the running release may lead to it, so that compiling it would change what is served
    not_cached,  ///< it compiles, but PHP did not keep it
    failed       ///< it does not compile
  };
  std::string path;
  outcome what = outcome::failed;
  std::string why;                    ///< of left_out, not_cached and failed
  std::vector<std::string> warnings;  ///< what PHP said
  bool in_use = false;                ///< the release that runs has it cached
};

struct warm_report {
  origin from;
  std::string release;                 ///< its real name, as php-fpm sees it
  std::string running;                 ///< that of the release that runs; empty if none is found
  std::vector<warmed_script> scripts;  ///< sorted by path
};

/// The release that runs beside RELEASE, as php-fpm sees it: that to which "current" leads, or else the only one to
/// which a link does. It may be RELEASE itself. Empty if there is none.
std::string running_release(adapter::adapter& php, std::string const& release);

/// Compiles scripts of RELEASE, an absolute path, file by file, and changes nothing of what is served. What of it was
/// cached before, and has changed since, is compiled anew. Throws error: not_found if php-fpm sees no such directory,
/// or there is nothing to compile; php_error if RELEASE runs and has changed; memory_limit if the cache has no room,
/// then nothing was done; pending, opcache_off.
warm_report warm(adapter::adapter& php, std::string const& release, warm_options const& options,
                 progress const& tell = {});

}  // namespace cachetool::opcache
