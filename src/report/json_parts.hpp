#pragma once

#include <string>

/// What both writers of JSON need: ours, and PHP's json_encode() as we rebuild it.
namespace cachetool::report {

/// \uXXXX for a code unit of 16 bits.
std::string unicode_escape(char32_t unit);

}  // namespace cachetool::report
