#pragma once

#include <sys/types.h>

#include <string>

#include "base/unique_fd.hpp"

/// Directories in places that somebody else may control, who may rename and mount between two calls. So the name of a
/// directory that was just made is not trusted to lead to it.
namespace cachetool::placement {

/// Opens `name`, a single component, in `parent`. It must not be a link, and must be on the mount of `parent`: nobody
/// has mounted anything over it. `flags` are those of open(2). Invalid, with errno, if that fails: EXDEV if something
/// is mounted there.
base::unique_fd open_inside(int parent, char const* name, int flags) noexcept;

/// The same for kernels without openat2(2) (before Linux 5.6, or under seccomp).
base::unique_fd open_inside_by_comparing(int parent, char const* name, int flags) noexcept;

/// Makes the directory `name` in `parent` with this mode, whatever the umask, and opens it for reading. The mode is set
/// when the directory is made, and never changed afterwards. What is opened belongs to the caller alone and is on the
/// mount of `parent`. Invalid, with errno, if it cannot be made (EEXIST: it exists) or opened (ESTALE: it is somebody
/// else's); then nothing is left of it.
base::unique_fd make_directory(int parent, std::string const& name, mode_t mode);

/// True if the directory belongs to the caller and nobody else can write to it.
bool is_own_directory(int fd) noexcept;

/// True if the directory is empty.
bool is_empty_directory(int fd) noexcept;

}  // namespace cachetool::placement
