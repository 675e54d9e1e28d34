#include "adapter/web_diagnosis.hpp"

#include "base/text.hpp"

namespace cachetool::adapter {
namespace {

std::string sentence(http_response const& response, std::string const& body, std::string const& url) {
  constexpr std::size_t shown = 200;
  return "the web server answered with HTTP status " + std::to_string(response.status) + " for " + url +
         (body.empty() ? "" : ": \"" + base::printable(body, shown) + "\"");
}

}  // namespace

error diagnose_web(http_response const& response, std::string const& body, std::string const& url,
                   std::string const& path) {
  std::string const what = sentence(response, body, url);
  switch (response.status) {
    case 200:
      if (body.starts_with("<?php")) {
        return error(error_kind::protocol, what).advise("the web server does not run PHP there, it sends the file");
      }
      return error(error_kind::protocol, what)
          .advise("something else than the agent answered: a front controller, a cache, or an auto_prepend_file");
    case 401:
      return error(error_kind::access_denied, what).advise("--web-basic-auth=USER:PASSWORD");
    case 403:
      return error(error_kind::access_denied, what)
          .advise("the web server must run new .php files in the document root");
    case 404:
      return error(error_kind::not_visible, what)
          .advise("is " + path + " the directory that the web server serves as this URL? --web-path=DIR names it");
    case 500:
      return error(error_kind::protocol, what)
          .advise("the web server's error log says more. If a link on the way to " + path +
                  " was switched a moment ago, name a directory that is not below it (--web-path, --web-url)");
    case 502:
    case 503:
    case 504:
      return error(error_kind::worker_died, what).may_have_run(true);
    default:
      return error(error_kind::protocol, what).advise("the web server's error log says more");
  }
}

}  // namespace cachetool::adapter
