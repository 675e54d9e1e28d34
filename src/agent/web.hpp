#pragma once

#include <string>
#include <string_view>

namespace cachetool::agent {

/// Returns the agent for one call, as it lies in a document root. It runs only this operation with these arguments (the
/// request's body). It takes nonce and secret from the headers X-Cachetool-Nonce and X-Cachetool-Secret, and answers
/// 404 to a request with another body or secret.
std::string web_source(std::string_view secret, std::string_view operation, std::string_view arguments);

}  // namespace cachetool::agent
