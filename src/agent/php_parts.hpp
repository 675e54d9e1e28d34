#pragma once

/// What the files of which the agent is made call.

#include <span>
#include <string_view>
#include <vector>

namespace cachetool::agent {

/// A file of the agent's source, "opcache.php".
struct php_part {
  std::string_view file;
  std::string_view functions;  ///< of PHP, that it calls by name: in order, a space between two
};

/// Every file but that of the web, by name.
std::span<php_part const> php_parts() noexcept;

/// True if the file calls FUNCTION.
bool calls(php_part const& part, std::string_view function) noexcept;

/// Each function of PHP that the agent calls, once, in order.
std::vector<std::string_view> called_functions();

}  // namespace cachetool::agent
