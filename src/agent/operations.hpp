#pragma once

/// The one table of what the agent can do.

#include <span>
#include <string_view>

#include <cachetool/error.hpp>

namespace cachetool::agent {

/// PHP source that can run an operation, and its SHA-256 in hex: a stable name for a file that holds it. Both live as
/// long as the program.
struct source {
  std::string_view text;
  std::string_view sha256;
};

/// What the agent can do: "opcache.reset" is the PHP function do_opcache_reset().
struct operation {
  std::string_view name;
  source agent;  ///< the smallest that has it: php-fpm compiles it for each call
};

/// Every operation, by name.
std::span<operation const> operations() noexcept;

/// The smallest source that can run the operation. Throws error (usage) for a name that is not in the table.
source source_for(std::string_view name);

/// Every operation in one file, as it is installed beside the program.
source complete() noexcept;

}  // namespace cachetool::agent
