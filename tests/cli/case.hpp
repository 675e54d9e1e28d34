#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/program.hpp"

namespace cachetool::test {

/// What {name} stands for in a case: {socket} and the like.
using placeholders = std::map<std::string, std::string>;

/// What a stream of the program must hold. Nothing given: it must be empty.
struct expectation {
  std::optional<std::string> text;
  std::vector<std::string> matches;  ///< regular expressions, each found somewhere; ^ and $ are those of a line
  std::optional<nlohmann::json> json;
};

/// One call of the program, read from a file in tests/cli/cases (docs/developers/testing.md has the fields).
struct cli_case {
  std::string name;
  bool needs_php_fpm = false;
  std::map<std::string, std::string> ini;  ///< not empty: a php-fpm of its own, with these settings
  std::vector<std::string> args;
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> files;  ///< written into the current directory before
  expectation out;
  expectation err;
  int exit_code = 0;
};

/// Reads every *.json below DIRECTORY. Throws std::runtime_error for a field that is not known.
std::vector<cli_case> read_cases(std::string const& directory);

/// TEXT with each {name} of VALUES replaced; braces around anything else stay.
std::string fill(std::string text, placeholders const& values);

/// What is wrong with OUTPUT; empty if nothing is.
std::string difference(expectation const& wanted, std::string const& output, placeholders const& values);

}  // namespace cachetool::test
