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
  std::string basic_auth;       ///< "user:password"; empty: none
  bool allow_insecure = false;  ///< accept any TLS certificate
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds timeout{30000};  ///< for everything
  int interrupt_fd = -1;
};

struct http_response {
  int status = 0;
  std::string redirect;  ///< the absolute URL that a 3xx names; empty: none
};

/// Has curl(1) make the request, and passes the answer's body to `sink`. Does not follow redirects. Nothing of the
/// request is in curl's arguments, which every user of the machine could read. Throws error: unreachable, timeout,
/// worker_died (the connection broke after the request was sent), usage (curl does not take the URL), interrupted.
http_response post(http_request const& request, std::function<void(std::string_view)> const& sink);

}  // namespace cachetool::adapter
