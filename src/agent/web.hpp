#pragma once

#include <string>
#include <string_view>

namespace cachetool::agent {

/// The complete agent as it lies in a document root: it takes operation, nonce and secret from the request's headers
/// X-Cachetool-Op, X-Cachetool-Nonce and X-Cachetool-Secret, and answers 404 to a request without this SECRET.
std::string web_source(std::string_view secret);

}  // namespace cachetool::agent
