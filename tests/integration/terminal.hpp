#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/temp_dir.hpp"

namespace cachetool::test {

/// A terminal of 100 columns and 24 lines, by tmux, in which a shell runs a command. It ends with the object.
class terminal {
 public:
  /// Why there is none on this machine; nothing if there is.
  static std::optional<std::string> missing();

  explicit terminal(std::string const& command);
  terminal(terminal const&) = delete;
  terminal& operator=(terminal const&) = delete;
  ~terminal();

  /// What it shows now.
  std::string screen();

  /// The same as soon as it shows this text, or after ten seconds.
  std::string screen_with(std::string const& text);

  void press(std::string const& key);
  void resize(int width, int height);

 private:
  std::string tmux(std::vector<std::string> arguments);

  temp_dir directory_;
};

}  // namespace cachetool::test
