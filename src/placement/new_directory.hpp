#pragma once

#include <sys/types.h>

#include <string>

#include "base/unique_fd.hpp"

/// Directories in places that somebody else may control, who renames and mounts between two calls: a name that was made
/// is not believed to be that directory.
namespace cachetool::placement {

/// Opens NAME, one component, in PARENT. It is no link, and on the mount of PARENT: nobody has mounted anything over
/// it. FLAGS are those of open(2). Invalid, with errno, if it cannot be opened so: EXDEV for what is mounted there.
base::unique_fd open_inside(int parent, char const* name, int flags) noexcept;

/// The same for kernels that have no openat2(2), before Linux 5.6 or under seccomp.
base::unique_fd open_inside_by_comparing(int parent, char const* name, int flags) noexcept;

/// Makes the directory NAME in PARENT with MODE, whatever the umask, and opens it for reading. The mode is given when
/// it is made and never changed after; what is opened belongs to the caller alone and is on the mount of PARENT.
/// Invalid, with errno, if it cannot be made (EEXIST: it is there) or cannot be opened so (ESTALE: it is somebody
/// else's); then nothing is left of it.
base::unique_fd make_directory(int parent, std::string const& name, mode_t mode);

/// True if the directory behind FD belongs to the caller and nobody else can write it.
bool is_own_directory(int fd) noexcept;

/// True if there is nothing in the directory behind FD.
bool is_empty_directory(int fd) noexcept;

}  // namespace cachetool::placement
