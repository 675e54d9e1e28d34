#pragma once

#include <span>
#include <string>

#include <cachetool/php/value.hpp>

/// What both writers of JSON need: ours, and PHP's json_encode() as we rebuild it.
namespace cachetool::report {

/// True if the keys are 0, 1, 2, ...: then JSON has an array, else an object.
bool is_list(std::span<php::entry const> entries) noexcept;

/// \uXXXX for a code unit of 16 bits.
std::string unicode_escape(char32_t unit);

}  // namespace cachetool::report
