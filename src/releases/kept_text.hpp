#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

/// Small files that this program keeps beside a site's link. Whoever may write to that directory decides what is served
/// anyway. So its owner is believed about the site, and the files are used for nothing else.
namespace cachetool::releases {

/// ".current.cachetool" is what is kept for the link "current".
struct kept_name {
  std::string link;  ///< its name in the directory
  std::string what;  ///< "cachetool"

  [[nodiscard]] std::string file() const { return "." + link + "." + what; }
};

/// Returns what is kept under that name in `directory`, a descriptor. Empty if the file is not regular, is larger than
/// `most_bytes`, can be written by others, or belongs to neither the caller, root nor the directory's owner.
std::string read_kept(int directory, kept_name const& of, std::size_t most_bytes);

/// Keeps the text there, in one step; mode 0644 lets everybody read it. False if it cannot be written.
bool keep(int directory, kept_name const& as, std::string_view text, mode_t mode);

}  // namespace cachetool::releases
