#pragma once

#include <span>
#include <string_view>

namespace cachetool::agent {

/// PHP source that can run some of the agent's operations. All of it lives as long as the program.
struct source {
  std::string_view text;
  std::string_view sha256;                  ///< in hex; a stable name for a file with this text
  std::span<std::string_view const> parts;  ///< the files that make it up, see php_parts.hpp
};

}  // namespace cachetool::agent
