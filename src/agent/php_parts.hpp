#pragma once

/// Which PHP functions the agent's source files call.

#include <span>
#include <string_view>
#include <vector>

namespace cachetool::agent {

/// A file of the agent's source, "opcache.php".
struct php_part {
  std::string_view file;
  std::string_view functions;  ///< of PHP, called by name; sorted, with spaces between them
};

/// Every file except the web's, sorted by name.
std::span<php_part const> php_parts() noexcept;

/// True if the file calls the function.
bool calls(php_part const& part, std::string_view function) noexcept;

/// Each PHP function that the agent calls, once, sorted.
std::vector<std::string_view> called_functions();

}  // namespace cachetool::agent
