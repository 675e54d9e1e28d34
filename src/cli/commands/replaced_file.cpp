#include "cli/commands/replaced_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cachetool/error.hpp>

#include "base/random_hex.hpp"
#include "base/replace_file.hpp"
#include "base/text.hpp"
#include "releases/open_directory.hpp"

namespace cachetool::cli {

replaced_file::replaced_file(std::string const& path, bool replaces_links, std::string hint)
    : path_(path), name_(path_.filename().string()), hint_(std::move(hint)) {
  try {
    directory_ = releases::open_directory(path_.has_parent_path() ? path_.parent_path().string() : ".");
  } catch (error const& failed) {
    fail(failed.message());
  }
  check_what_is_there(replaces_links);
}

// The system would say so of a directory, but would have root replace a device.
void replaced_file::check_what_is_there(bool replaces_links) const {
  if (name_.empty() || name_ == "." || name_ == "..") fail("it is a directory");
  struct stat there {};
  if (fstatat(directory_.get(), name_.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0 || S_ISREG(there.st_mode)) return;
  if (S_ISDIR(there.st_mode)) fail("it is a directory");
  if (!S_ISLNK(there.st_mode)) fail("it is no regular file");
  if (!replaces_links) fail("it is a link; name the file itself");
}

void replaced_file::write(std::string_view text, mode_t mode) const {
  std::string const beside = "." + name_ + "." + base::random_hex();
  int const failed = base::replace_file(directory_.get(), name_, beside, text, mode);
  if (failed != 0) fail(base::errno_text(failed));
}

void replaced_file::fail(std::string const& why) const {
  throw error(error_kind::refused, "the file " + path_.string() + " cannot be written: " + why).advise(hint_);
}

}  // namespace cachetool::cli
