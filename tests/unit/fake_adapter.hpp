#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "adapter/adapter.hpp"

namespace cachetool::test {

/// An adapter without PHP: ANSWER is asked what PHP would answer, and may throw.
class fake_adapter final : public adapter::adapter {
 public:
  explicit fake_adapter(std::function<agent::answer(agent::call const&)> answer) : answer_(std::move(answer)) {}

  agent::answer run(agent::call const& what) override {
    calls.push_back(what.operation);
    return answer_(what);
  }
  [[nodiscard]] std::string label() const override { return "fake"; }
  void pause(std::chrono::milliseconds duration) override {
    ++pauses;
    longest_pause = std::max(longest_pause, duration);
  }

  std::vector<std::string> calls;
  int pauses = 0;
  std::chrono::milliseconds longest_pause{0};

 private:
  std::function<agent::answer(agent::call const&)> answer_;
};

/// An array with these names, as an agent returns one.
inline php::value named(std::initializer_list<std::pair<char const*, php::value>> items) {
  php::array out;
  for (auto const& [name, item] : items) out.entries.push_back({std::string(name), item});
  return out;
}

}  // namespace cachetool::test
