#pragma once

#include <optional>
#include <string>

#include <cachetool/fastcgi/client.hpp>

#include "adapter/adapter.hpp"
#include "agent/observer.hpp"
#include "fastcgi/connector.hpp"
#include "fastcgi/exchange.hpp"
#include "placement/placement.hpp"

namespace cachetool::adapter {

/// What all calls to one php-fpm share.
struct fastcgi_target {
  fastcgi::endpoint where;
  fastcgi::client_options client;
  placement::placer place;
  agent::observer& watcher;
  pid_t master = 0;  ///< the process that listens there, once a call was connected; 0 if unknown
};

/// One agent call on a connection of its own. It connects, has the agent placed so that the peer can read it, and sends
/// the request. If the worker cannot run the agent there, it begins again with the next place.
class fastcgi_call final : public call_in_progress {
 public:
  /// `target` must outlive this. For `hold` see adapter::begin().
  fastcgi_call(fastcgi_target& target, agent::call what, bool hold);

  [[nodiscard]] bool done() const noexcept override { return answer_.has_value(); }
  [[nodiscard]] fastcgi::interest wants() const override;
  void advance(short ready) override;
  [[nodiscard]] error failure(error_kind kind, std::string message) const override;
  [[nodiscard]] agent::answer take() override { return std::move(*answer_); }

  /// True if rows were passed on: sending the call again would repeat them.
  [[nodiscard]] bool streamed() const noexcept { return reader_ && reader_->streamed(); }

 private:
  [[nodiscard]] fastcgi::operation& current() noexcept;
  [[nodiscard]] fastcgi::operation const& current() const noexcept;
  void connect();
  void send();
  [[nodiscard]] error refusal(fastcgi::response const& response) const;
  [[nodiscard]] std::vector<std::string> allowed(error_kind refusal, std::string_view stderr_text) const;
  void read_answer();

  fastcgi_target& target_;
  fastcgi::client_options options_;
  agent::call what_;
  bool hold_;
  std::optional<fastcgi::connector> connector_;
  std::string path_;  // of the agent, as the worker sees it
  std::optional<agent::answer_reader> reader_;
  fastcgi::body_sink sink_;
  std::optional<fastcgi::exchange> exchange_;
  base::unique_fd held_;
  std::optional<agent::answer> answer_;
};

}  // namespace cachetool::adapter
