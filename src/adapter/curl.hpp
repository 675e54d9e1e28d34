#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

namespace cachetool::adapter {

/// One POST request.
struct http_request {
  std::string url;
  std::vector<std::string> headers;  ///< "Name: value"
  std::string body;
  std::string basic_auth;       ///< "user:password"; empty for none
  bool allow_insecure = false;  ///< any TLS certificate will do
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds timeout{30000};  ///< for everything
  int interrupt_fd = -1;
};

struct http_response {
  int status = 0;
  std::string redirect;  ///< the absolute URL that a 3xx names; empty for none
};

/// Has curl(1) make the request and passes the answer's body to SINK. Redirects are not followed. Nothing of the
/// request stands in curl's arguments, where every user of the machine could read it. Throws error: unreachable,
/// timeout, worker_died (the connection broke after the request was sent), usage (curl does not take the URL),
/// interrupted.
http_response post(http_request const& request, std::function<void(std::string_view)> const& sink);

}  // namespace cachetool::adapter
