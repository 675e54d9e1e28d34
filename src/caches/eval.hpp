#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/origin.hpp>

#include "adapter/adapter.hpp"

namespace cachetool::caches {

/// PHP code to run, in the form that eval() takes.
struct evaluation {
  std::string code;
  std::string format;  ///< of the returned value: "string", "json" or "var_export"
  std::chrono::milliseconds timeout{};
  std::function<void(std::string_view)> printed;  ///< receives what the code prints, as it arrives
};

struct evaluated {
  origin from;
  bool exited = false;              ///< the code ended by exit, and returned nothing
  bool returned_null = false;       ///< the code returned null or nothing; eval() does not tell these apart
  std::optional<std::string> text;  ///< the returned value in the wanted format
  php::value value;                 ///< the returned value, if this PHP does not have the format; then there is no text
  std::vector<agent::note> warnings;
};

/// Runs the code once and never sends it again. Throws error (php_error, memory_limit) for whatever PHP threw, for a
/// fatal error, and for a value that cannot be written in the format.
evaluated evaluate(adapter::adapter& php, evaluation const& what);

/// Returns the text of a PHP file in the form that eval() takes, line for line. Leaves out a "#!" line and the opening
/// tag; a namespace, use or declare may follow. Text without any opening tag counts as code and is returned as it is.
std::string code_of_file(std::string_view text);

}  // namespace cachetool::caches
