#pragma once

#include <chrono>

#include "adapter/adapter.hpp"
#include "agent/observer.hpp"

namespace cachetool::adapter {

struct cli_options {
  std::chrono::milliseconds timeout{30000};
  int interrupt_fd = -1;
};

/// Has php(1), from PATH, run the agent. The caches it acts on are those of that one process.
class cli_adapter final : public adapter {
 public:
  /// WATCHER must outlive this.
  cli_adapter(cli_options const& options, agent::observer& watcher) : options_(options), watcher_(watcher) {}

  agent::answer run(agent::call const& what) override;
  [[nodiscard]] std::string label() const override { return "cli"; }
  [[nodiscard]] int interrupt_fd() const noexcept override { return options_.interrupt_fd; }

 private:
  cli_options options_;
  agent::observer& watcher_;
};

}  // namespace cachetool::adapter
