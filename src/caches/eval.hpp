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

/// PHP code to run, as eval() takes it.
struct evaluation {
  std::string code;
  std::string format;  ///< of the value: "string", "json" or "var_export"
  std::chrono::milliseconds timeout{};
  std::function<void(std::string_view)> printed;  ///< receives what the code prints, as it comes
};

struct evaluated {
  origin from;
  bool exited = false;              ///< the code ended by exit, and returned nothing
  bool returned_null = false;       ///< or nothing at all, which eval() does not tell apart
  std::optional<std::string> text;  ///< what it returned, in the wanted format
  php::value value;                 ///< the same where that PHP has no such format: without text
  std::vector<agent::note> warnings;
};

/// Runs the code once: it is never sent again. Throws error (php_error, memory_limit) for what PHP threw, a fatal
/// error, and a value that has no such form.
evaluated evaluate(adapter::adapter& php, evaluation const& what);

/// The text of a PHP file as eval() takes it, line for line: a "#!" line and the open tag are left out, a namespace,
/// use or declare may follow. Text in which no open tag stands is code as it is.
std::string code_of_file(std::string_view text);

}  // namespace cachetool::caches
