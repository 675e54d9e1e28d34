#pragma once

#include <memory>
#include <string>

#include <cachetool/fastcgi/client.hpp>

#include "adapter/adapter.hpp"
#include "adapter/fastcgi_call.hpp"
#include "agent/observer.hpp"
#include "fpm/connections.hpp"
#include "placement/placement.hpp"

namespace cachetool::adapter {

struct fastcgi_options {
  fastcgi::client_options client;
  placement::options place;

  /// How often a call is sent again if that is safe: the connection failed, or it broke and the call is idempotent.
  int retries = 3;
};

/// Has php-fpm run the agent.
class fastcgi_adapter final : public adapter {
 public:
  /// The observer must outlive this.
  fastcgi_adapter(fastcgi::endpoint where, fastcgi_options const& options, agent::observer& watcher);

  agent::answer run(agent::call const& what) override;
  [[nodiscard]] std::unique_ptr<call_in_progress> begin(agent::call const& what, bool hold) override;
  [[nodiscard]] int retries() const noexcept override { return options_.retries; }
  [[nodiscard]] int interrupt_fd() const noexcept override { return options_.client.interrupt_fd; }
  [[nodiscard]] std::unique_ptr<adapter> another() const override;
  [[nodiscard]] std::string label() const override { return target_.where.text(); }
  [[nodiscard]] std::optional<std::int64_t> connections() const override { return fpm::connections(target_.where); }
  [[nodiscard]] std::optional<pid_t> master() const override;
  [[nodiscard]] std::optional<std::vector<std::int64_t>> workers(std::string_view pool) const override;
  [[nodiscard]] std::optional<std::vector<std::string>> pools() const override;
  [[nodiscard]] bool has_steady_workers() const override;
  [[nodiscard]] error examined(error const& failed) const override;

 private:
  agent::answer run_once(agent::call const& what);

  fastcgi_options options_;
  fastcgi_target target_;
  mutable std::optional<bool> steady_;
  bool broke_in_stream_ = false;  // rows were passed on already, and sending the call again would repeat them
};

}  // namespace cachetool::adapter
