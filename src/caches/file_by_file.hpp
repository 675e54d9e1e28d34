#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "caches/compile_rows.hpp"

namespace cachetool::opcache {

/// How gently to work on many files (docs/refreshing.md).
struct pacing {
  std::chrono::milliseconds pause{20};  ///< between two requests
  std::size_t files = 10;               ///< in one request, which also ends after 20 ms
};

/// Is told how far a work on many files has come.
using progress = std::function<void(std::size_t done, std::size_t total)>;

/// Is told what PHP answered to one request, and may change the pace of the next. False: nothing more is sent.
using between_requests = std::function<bool(php::value const& status, pacing& next)>;

/// Has PHP do something with each file, one request at a time. CALL_FOR makes the call for some of them, an operation
/// that answers with a row for each file and may stop before the last. EACH receives every file's row, in order; a file
/// that ended its request is sent again alone, and "failed" if it ends that too. Throws error.
void file_by_file(adapter::adapter& php, std::vector<std::string> const& paths, pacing const& pace,
                  std::function<agent::call(std::span<std::string const>)> const& call_for,
                  std::function<void(std::string const& path, compile_row row)> const& each, progress const& tell,
                  between_requests const& between = {});

}  // namespace cachetool::opcache
