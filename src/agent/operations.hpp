#pragma once

/// The one table of what the agent can do.

#include <span>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

#include "agent/source.hpp"

namespace cachetool::agent {

/// Something the agent can do: "opcache.reset" is the PHP function do_opcache_reset().
struct operation {
  std::string_view name;
  source agent;                ///< the smallest that has it, because php-fpm compiles it for each call
  std::string_view commands;   ///< those that use it, sorted, with bars between them
  std::string_view setting{};  ///< must be on, or the operation refuses and names it; empty: none
};

/// Every operation, sorted by name.
std::span<operation const> operations() noexcept;

/// The smallest source that can run the operation. Throws error (usage) if the table has no such operation.
source source_for(std::string_view name);

/// The commands that use an operation whose source calls this PHP function, sorted.
std::vector<std::string_view> commands_that_call(std::string_view function);

/// Every operation in one file, as it is installed beside the program.
source complete() noexcept;

}  // namespace cachetool::agent
