#pragma once

#include <string>
#include <string_view>

/// Pieces that several writers need: ours of JSON, PHP's json_encode() as we rebuild it, the page's.
namespace cachetool::report {

/// \uXXXX for a code unit of 16 bits.
std::string unicode_escape(char32_t unit);

/// Three bytes in base64, as four characters; fewer bytes, at the end, are padded.
std::string base64_group(std::string_view three);

}  // namespace cachetool::report
