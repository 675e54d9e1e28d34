#pragma once

#include <string>
#include <utility>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"
#include "cli/console.hpp"

namespace cachetool::cli {

/// Says on a terminal how far a work on many files has come: "/run/php.sock: compiled 12 of 300". PHP and STREAMS must
/// outlive it.
inline opcache::progress progress_on(console& streams, adapter::adapter const& php, std::string done_word) {
  return [&streams, &php, word = std::move(done_word)](std::size_t done, std::size_t total) {
    streams.progress(php.label() + ": " + word + " " + std::to_string(done) + " of " + std::to_string(total));
  };
}

}  // namespace cachetool::cli
