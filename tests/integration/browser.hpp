#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

namespace cachetool::test {

/// A real Chromium that shows one page, driven by its DevTools protocol over a pipe. It knows no network: every name
/// and address but those of files is refused. Calls throw std::runtime_error if it does not answer for 20
/// seconds.
class browser {
 public:
  /// Why there is none on this machine; nothing if there is.
  static std::optional<std::string> missing();

  browser();

  /// Shows a file, and returns when it is loaded. Forgets what was said of another one.
  void show(std::string const& path);

  /// The value of a JavaScript expression.
  nlohmann::json evaluate(std::string const& expression);

  /// A key as somebody presses it: "ArrowRight", "Enter"; or a text that is typed.
  void press(std::string const& key);
  void type(std::string const& text);

  /// A click in the middle of what the selector finds, or so far away from its upper left corner.
  void click(std::string const& selector);
  void click(std::string const& selector, int right, int down);

  /// How the page is to look: dark, as wide as a phone. Redraws.
  void emulate(int width, int height, std::string const& colours);

  /// Exceptions, errors in the console, and what the page's policy has refused, in words.
  [[nodiscard]] std::vector<std::string> const& complaints() const noexcept { return complaints_; }

  /// What was asked for, beside the page itself.
  [[nodiscard]] std::vector<std::string> const& requests() const noexcept { return requests_; }

 private:
  struct pipe_ends {
    pipe_ends();
    int read_end = -1;
    int write_end = -1;
  };
  [[nodiscard]] child_options plan() const;
  nlohmann::json send(std::string const& method, nlohmann::json parameters = nlohmann::json::object());
  nlohmann::json receive();
  void note(nlohmann::json const& message);
  void wait_for(std::string const& event);

  temp_dir profile_;
  pipe_ends to_;
  pipe_ends from_;
  child_process child_;
  std::string page_;
  std::string buffer_;
  std::string session_;
  int last_ = 0;
  std::vector<std::string> seen_;  // names of events
  std::vector<std::string> complaints_;
  std::vector<std::string> requests_;
};

}  // namespace cachetool::test
