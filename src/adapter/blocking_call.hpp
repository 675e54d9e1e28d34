#pragma once

#include <optional>
#include <utility>

#include "adapter/adapter.hpp"

namespace cachetool::adapter {

/// A call through an adapter that does one thing at a time: the first advance() runs all of it.
class blocking_call final : public call_in_progress {
 public:
  /// The adapter must outlive this.
  blocking_call(adapter& php, agent::call what) : php_(php), what_(std::move(what)) {}

  [[nodiscard]] bool done() const noexcept override { return answer_.has_value(); }
  [[nodiscard]] fastcgi::interest wants() const override { return {}; }
  void advance(short /*ready*/) override {
    if (!answer_) answer_ = php_.run(what_);
  }
  [[nodiscard]] error failure(error_kind kind, std::string message) const override {
    return error(kind, std::move(message)).on(php_.label());
  }
  [[nodiscard]] agent::answer take() override { return std::move(*answer_); }

 private:
  adapter& php_;
  agent::call what_;
  std::optional<agent::answer> answer_;
};

}  // namespace cachetool::adapter
