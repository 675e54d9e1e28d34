#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "adapter/adapter.hpp"
#include "adapter/curl.hpp"
#include "adapter/web_file.hpp"
#include "agent/observer.hpp"

namespace cachetool::adapter {

struct web_options {
  std::string url;         ///< "https://example.com/shop"; see split_url()
  std::string path = ".";  ///< the directory that the web server serves at that URL
  std::string basic_auth;  ///< "user:password"; empty: none
  std::string host;        ///< a Host header; empty: the URL's own host
  bool allow_insecure = false;
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds timeout{30000};
  int retries = 3;
  int interrupt_fd = -1;
};

/// The parts of an http or https URL that matter here.
struct url_parts {
  std::string scheme;     ///< "http" or "https"
  std::string user_info;  ///< "user:password"; empty: none
  std::string host;       ///< lower case, without the port
  std::string rest;       ///< the URL after "user:password@": host, port, path, query
};

/// Nothing if the text is not an http or https URL.
std::optional<url_parts> split_url(std::string_view text);

/// Has a web server run the agent. Each call puts a file of its own into the document root for as long as it takes; the
/// file can do only this call.
class web_adapter final : public adapter {
 public:
  /// The observer must outlive this. Throws error (usage) if the URL is not one.
  web_adapter(web_options options, agent::observer& watcher);

  agent::answer run(agent::call const& what) override;
  [[nodiscard]] std::string label() const override { return options_.url; }
  [[nodiscard]] int interrupt_fd() const noexcept override { return options_.interrupt_fd; }

 private:
  struct made_call {
    agent::call const& what;
    agent::encoded_call encoded;
    std::string secret;
    std::optional<web_file> file;
  };
  agent::answer run_once(made_call const& made);
  http_response post_and_follow(http_request& request, std::function<void(std::string_view)> const& sink);

  web_options options_;
  agent::observer& watcher_;
  bool broke_in_stream_ = false;  // rows were passed on already, and sending the call again would repeat them
};

}  // namespace cachetool::adapter
