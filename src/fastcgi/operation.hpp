#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include <cachetool/error.hpp>

#include "base/deadline.hpp"

namespace cachetool::fastcgi {

/// What an operation waits for: poll events on a descriptor (-1: none), until a moment at the latest.
struct interest {
  int fd = -1;
  short events = 0;
  base::time_point until;
};

/// A piece of work on one descriptor that never blocks: it says what it waits for, and goes on when that has come.
/// Several can be driven in the same poll().
class operation {
 public:
  operation() = default;
  operation(operation const&) = delete;
  operation& operator=(operation const&) = delete;
  virtual ~operation() = default;

  [[nodiscard]] virtual bool done() const noexcept = 0;
  [[nodiscard]] virtual interest wants() const = 0;

  /// Does what can be done now. `ready` has the poll events that came, 0 at the beginning and when time is over. Throws
  /// error if the operation failed, also at its deadline.
  virtual void advance(short ready) = 0;

  /// Makes an error of this operation, which knows its endpoint, its phase, and whether a worker may have run the
  /// request.
  [[nodiscard]] virtual error failure(error_kind kind, std::string message) const = 0;
};

/// An operation that has ended, by its index among those that were driven, and why if it failed.
struct ending {
  std::size_t index = 0;
  std::optional<error> failure;
};

/// Drives several operations together until one of them ends, which may be at once. Nothing if none has ended by
/// `until`. The others stay as they are and may be driven on. Throws error (interrupted) as soon as `interrupt_fd` (-1:
/// none) is readable.
std::optional<ending> run_any(std::span<operation* const> works, base::time_point until, int interrupt_fd);

/// Drives an operation to its end. Throws what advance() throws, and error (interrupted) as soon as `interrupt_fd` (-1:
/// none) is readable.
void run(operation& work, int interrupt_fd);

}  // namespace cachetool::fastcgi
