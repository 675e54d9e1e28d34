#pragma once

#include <string>

#include "adapter/curl.hpp"

namespace cachetool::adapter {

/// Says why the web server did not run the agent in the document root `path`: what its answer says, in one sentence,
/// and what to do about it. `body` is the beginning of the answer.
error diagnose_web(http_response const& response, std::string const& body, std::string const& url,
                   std::string const& path);

}  // namespace cachetool::adapter
