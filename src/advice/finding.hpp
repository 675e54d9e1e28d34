#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cachetool::advice {

enum class level : std::uint8_t {
  ok,
  note,     ///< worth knowing; nothing has to be done
  warning,  ///< a deployment may go wrong
  failure   ///< something does not work
};

/// "ok", "note", "warning", "failure"
std::string_view name(level how) noexcept;

/// What one check found.
struct verdict {
  level how = level::ok;
  std::string message;  ///< one sentence, with the figures that were seen
  std::string hint{};   ///< what to do, with the command or the ini line; may be empty
};

/// A verdict, and what it is about.
struct finding {
  std::string_view step;  ///< how far doctor's walk was, "find", "connect", "place", "run", "functions", "site", or
                          ///< what a rule is about: "cache", "apcu", "deploy", "load", "pool"
  std::string name;       ///< the check's name, one word for programs: "memory"
  verdict what;
};

/// The word that names its rule, for ever: "cache.memory".
std::string id(finding const& what);

/// The worst level among them; ok if there are none.
level worst(std::span<finding const> findings) noexcept;

}  // namespace cachetool::advice
