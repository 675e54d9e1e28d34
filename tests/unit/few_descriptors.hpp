#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.hpp"

namespace cachetool::test {

/// While it lives, this process gets no further descriptor, or so many.
class few_descriptors {
 public:
  explicit few_descriptors(unsigned further = 0) {
    // The sanitizer opens a pipe when it looks at an object of a class for the first time: here, and not later.
    static_cast<void>(base::errno_text(EMFILE));
    getrlimit(RLIMIT_NOFILE, &before_);
    int const next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(next);
    rlimit few = before_;
    few.rlim_cur = static_cast<rlim_t>(next) + further;
    setrlimit(RLIMIT_NOFILE, &few);
  }
  few_descriptors(few_descriptors const&) = delete;
  few_descriptors& operator=(few_descriptors const&) = delete;
  ~few_descriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace cachetool::test
