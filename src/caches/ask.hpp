#pragma once

/// What the operations of all caches share.

#include <string>
#include <string_view>
#include <utility>

#include <cachetool/origin.hpp>

#include "agent/agent.hpp"

namespace cachetool::caches {

inline origin from(agent::answer const& answer) {
  return {answer.pool, answer.php_version, answer.pid};
}

/// A call of an operation; the arguments are pairs of a name and a value.
inline agent::call ask(std::string operation,
                       std::initializer_list<std::pair<char const*, php::value>> arguments = {}) {
  agent::call call;
  call.operation = std::move(operation);
  if (arguments.size() == 0) return call;
  php::array named;
  for (auto const& [name, item] : arguments) named.entries.push_back({std::string(name), item});
  call.arguments = std::move(named);
  return call;
}

}  // namespace cachetool::caches
