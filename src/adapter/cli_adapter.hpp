#pragma once

#include <chrono>

#include "adapter/adapter.hpp"
#include "agent/observer.hpp"

namespace cachetool::adapter {

struct cli_options {
  std::chrono::milliseconds timeout{30000};
  int interrupt_fd = -1;
};

/// Has php(1), found through PATH, run the agent. Only the caches of that one process are seen.
class cli_adapter final : public adapter {
 public:
  /// The observer must outlive this.
  cli_adapter(cli_options const& options, agent::observer& watcher) : options_(options), watcher_(watcher) {}

  agent::answer run(agent::call const& what) override;
  [[nodiscard]] std::string label() const override { return "cli"; }
  [[nodiscard]] int interrupt_fd() const noexcept override { return options_.interrupt_fd; }

 private:
  cli_options options_;
  agent::observer& watcher_;
};

}  // namespace cachetool::adapter
