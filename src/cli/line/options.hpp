#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/line/command_line.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 names it so
class App;
class Option;
}  // namespace CLI

namespace cachetool::cli {

/// The options of a command line, converted and checked. Asking for an option that is neither in the command's table
/// nor in the global one is a mistake in the code: std::logic_error.
class options {
 public:
  /// Throws error (usage) if a value does not have its option's type.
  explicit options(command_line const& line);

  /// How often a flag was given.
  [[nodiscard]] int flag(std::string_view name) const;

  /// True if the option was given, with or without a value.
  [[nodiscard]] bool given(std::string_view name) const;

  /// The last value that was given; nothing if there is none.
  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> seconds(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> count(std::string_view name) const;

  /// Every occurrence of a repeatable option, in order; an empty entry for one without a value.
  [[nodiscard]] std::vector<std::optional<std::string>> all(std::string_view name) const;

 private:
  void require_known(std::string_view name) const;
  void convert(command_line const& line);
  CLI::Option& declared(CLI::App& app, option_spec const& spec);

  command_spec const* command_ = nullptr;
  std::map<std::string_view, std::vector<std::optional<std::string>>> given_;
  std::map<std::string_view, double> seconds_;
  std::map<std::string_view, std::int64_t> counts_;
  std::map<std::string_view, int> flags_;
};

}  // namespace cachetool::cli
