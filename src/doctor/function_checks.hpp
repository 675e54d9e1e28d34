#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "advice/facts.hpp"
#include "advice/finding.hpp"

namespace cachetool::doctor {

using advice::finding;
using advice::level;
using advice::subject;

/// A PHP function that the agent calls.
struct needed_function {
  enum class owner : std::uint8_t { opcache, apcu, fpm, php };
  std::string_view name;
  owner of = owner::php;
  std::string without{};  ///< what does not work without it: "opcache:reset does not work"
  level how = level::failure;
  std::string_view extension{};  ///< the extension that has it, if PHP may be built or run without that; empty for
                                 ///< others
};

/// The functions whose absence matters.
std::vector<needed_function> needed_functions();

/// Checks whether the functions may be called, and finds the line that forbids it.
std::vector<finding> check_functions(subject const& of);

}  // namespace cachetool::doctor
