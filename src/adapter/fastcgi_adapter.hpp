#pragma once

#include <memory>
#include <string>

#include <cachetool/fastcgi/client.hpp>

#include "adapter/adapter.hpp"
#include "adapter/placement.hpp"
#include "fpm/connections.hpp"

namespace cachetool::adapter {

struct fastcgi_options {
  fastcgi::client_options client;
  placement_options place;

  /// How often a call is sent again, where that is safe: the connection failed, or it broke and the call is idempotent.
  int retries = 3;
};

/// Has php-fpm run the agent.
class fastcgi_adapter final : public adapter {
 public:
  /// WATCHER must outlive this.
  fastcgi_adapter(fastcgi::endpoint where, fastcgi_options const& options, observer& watcher);

  agent::answer run(agent::call const& what) override;
  [[nodiscard]] std::unique_ptr<adapter> another() const override;
  [[nodiscard]] std::string label() const override { return client_.where().text(); }
  [[nodiscard]] std::optional<std::int64_t> connections() const override { return fpm::connections(client_.where()); }
  [[nodiscard]] std::vector<std::int64_t> workers(std::string_view pool) const override;
  void pause(std::chrono::milliseconds duration) override;

 private:
  agent::answer run_in_some_place(agent::call const& what);
  agent::answer run_once(agent::call const& what);
  fastcgi::response execute(fastcgi::connection& connection, fastcgi::request const& request,
                            agent::answer_reader& reader);
  agent::answer finish(agent::answer_reader& reader);

  fastcgi::client client_;
  placement place_;
  observer& watcher_;
  fastcgi_options options_;
  std::vector<std::string> allowed_;  // where PHP said that the agent may lie
  pid_t master_ = 0;                  // who listens; 0 where that is not known
  bool broke_in_stream_ = false;      // rows were passed on already: sending the call again would repeat them
};

}  // namespace cachetool::adapter
