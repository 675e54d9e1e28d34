#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

#include "placement/worker_root.hpp"

/// Somebody who changes what names lead to while the program works.
namespace cachetool::test {

/// A process with a mount namespace of its own, in which it does one thing until this ends. Root only, if
/// IN_OWN_MOUNTS.
class attacker {
 public:
  attacker(bool in_own_mounts, std::function<void()> const& act);
  attacker(attacker const&) = delete;
  attacker& operator=(attacker const&) = delete;
  ~attacker();

  /// Its root directory, as the program finds it.
  [[nodiscard]] placement::worker_root root() const;

 private:
  pid_t pid_ = -1;
};

/// Mounts the directory WHAT over the directory POINT, for the caller and whoever shares its mounts.
void bind_mount(std::string const& what, std::string const& point);

enum class swap_by : std::uint8_t {
  rename,  ///< the new directory is moved away, and the victim gets its name
  mount    ///< the victim is mounted over it, in the mount namespace through which the program looks
};

/// Runs CALL, which is given the root directory to use, again and again, while somebody puts the directory VICTIM in
/// the place of whatever appears in BASE with a name that begins with PREFIX. Returns how often that has succeeded.
int while_swapped(swap_by means, std::string const& base, std::string const& prefix, std::string const& victim,
                  std::function<void(placement::worker_root const&)> const& call);

}  // namespace cachetool::test
