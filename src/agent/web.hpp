#pragma once

#include <string>
#include <string_view>

namespace cachetool::agent {

/// The agent for one call as it lies in a document root. It does this OPERATION with these ARGUMENTS (the body of the
/// request) and no other, takes nonce and secret from the request's headers X-Cachetool-Nonce and X-Cachetool-Secret,
/// and answers 404 to a request with another body or without this SECRET.
std::string web_source(std::string_view secret, std::string_view operation, std::string_view arguments);

}  // namespace cachetool::agent
