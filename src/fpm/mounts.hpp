#pragma once

#include <sys/types.h>

#include <string_view>

namespace cachetool::fpm {

/// False if the mount tables say that PATH leads a process into another file system, or another part of it, than the
/// caller: a private /tmp, a container. For those who may not look at /proc/PID/root. Source: /proc/PID/mountinfo.
bool may_share(pid_t process, std::string_view path);

}  // namespace cachetool::fpm
