#pragma once

/// The one table of what the agent can do.

#include <span>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

#include "agent/source.hpp"

namespace cachetool::agent {

/// What the agent can do: "opcache.reset" is the PHP function do_opcache_reset().
struct operation {
  std::string_view name;
  source agent;                ///< the smallest that has it: php-fpm compiles it for each call
  std::string_view commands;   ///< that use it: in order, a bar between two
  std::string_view setting{};  ///< has to be on, or the operation refuses and names it; empty where none has to be
};

/// Every operation, by name.
std::span<operation const> operations() noexcept;

/// The smallest source that can run the operation. Throws error (usage) for a name that is not in the table.
source source_for(std::string_view name);

/// The commands that use an operation whose source calls the PHP function, in order.
std::vector<std::string_view> commands_that_call(std::string_view function);

/// Every operation in one file, as it is installed beside the program.
source complete() noexcept;

}  // namespace cachetool::agent
