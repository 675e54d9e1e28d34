#include "adapter/adapter.hpp"

#include "adapter/blocking_call.hpp"

namespace cachetool::adapter {

std::unique_ptr<call_in_progress> adapter::begin(agent::call const& what, bool /*hold*/) {
  return std::make_unique<blocking_call>(*this, what);
}

void adapter::pause(std::chrono::milliseconds duration) {
  cachetool::adapter::pause(duration, interrupt_fd());
}

}  // namespace cachetool::adapter
