#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

/// Small files of ours beside a site's link. Whoever may write that directory decides what is served anyway, so its
/// owner is believed in what concerns the site, and nothing else is done with them.
namespace cachetool::releases {

/// ".current.cachetool" is what is kept for the link "current".
struct kept_name {
  std::string link;  ///< its name in the directory
  std::string what;  ///< "cachetool"

  [[nodiscard]] std::string file() const { return "." + link + "." + what; }
};

/// What is kept in DIRECTORY, a descriptor, under that name. Empty if it is no regular file, is larger than MOST_BYTES,
/// belongs to neither the caller, root nor the directory's owner, or can be written by others.
std::string read_kept(int directory, kept_name const& of, std::size_t most_bytes);

/// Keeps TEXT there, in one step, with that mode: 0644 for what everybody may read. False if it cannot be written.
bool keep(int directory, kept_name const& as, std::string_view text, mode_t mode);

}  // namespace cachetool::releases
