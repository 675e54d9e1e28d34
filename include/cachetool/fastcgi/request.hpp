#pragma once

#include <string>
#include <utility>
#include <vector>

#include <cachetool/fastcgi/protocol.hpp>

namespace cachetool::fastcgi {

/// What one FastCGI request asks. CONTENT_LENGTH is written by the encoder from BODY; do not add it.
struct request {
  std::vector<std::pair<std::string, std::string>> params{};
  std::string body{};
  role wanted = role::responder;
  bool keep_connection = false;
};

/// The whole request as bytes: BEGIN_REQUEST, PARAMS, STDIN. Throws error (usage) if a parameter is too long for a
/// record.
std::string encode(request const& what, std::uint16_t request_id);

}  // namespace cachetool::fastcgi
