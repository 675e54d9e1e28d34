#pragma once

#include <nlohmann/json.hpp>

#include "fpm_calls.hpp"
#include "support/catch.hpp"

namespace cachetool::test {

/// The first target's result, in what the program wrote as JSON; null if it has none.
inline nlohmann::json result_of(program_result const& output) {
  INFO(output.out << output.err);
  return nlohmann::json::parse(output.out)["targets"][0]["result"];
}

/// The result of a command that is called with --format=json.
inline nlohmann::json result_of(php_fpm const& server, std::vector<std::string> arguments) {
  arguments.emplace_back("--format=json");
  return result_of(call(server, std::move(arguments)));
}

}  // namespace cachetool::test
