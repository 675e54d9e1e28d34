#pragma once

#include <string>

#include "adapter/curl.hpp"

namespace cachetool::adapter {

/// Why the web server did not run the agent, which lies in the document root PATH: what its answer says, in one
/// sentence, and what to do about it. BODY is the beginning of what it sent.
error diagnose_web(http_response const& response, std::string const& body, std::string const& url,
                   std::string const& path);

}  // namespace cachetool::adapter
