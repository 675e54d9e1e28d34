#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"
#include "cli/output/console.hpp"

namespace cachetool::cli {

/// "compiled 12 of 300, about 40 s more", once it has gone on for a while.
inline std::string progress_text(std::string const& word, std::size_t done, std::size_t total,
                                 std::chrono::milliseconds passed) {
  std::string const text = word + " " + std::to_string(done) + " of " + std::to_string(total);
  constexpr std::chrono::seconds a_while{2};
  if (passed < a_while || done == 0 || done >= total) return text;
  auto const left = std::chrono::ceil<std::chrono::seconds>(passed * static_cast<std::int64_t>(total - done) /
                                                            static_cast<std::int64_t>(done));
  return text + ", about " + std::to_string(left.count()) + " s more";
}

/// Says how far a work on many files has come: on a terminal always, elsewhere in a line each ten seconds. PHP and
/// STREAMS must outlive it.
inline opcache::progress progress_on(console& streams, adapter::adapter const& php, std::string done_word) {
  using clock = std::chrono::steady_clock;
  struct times {
    clock::time_point began = clock::now();
    clock::time_point told = began;
  };
  return [&streams, &php, word = std::move(done_word), when = std::make_shared<times>()](std::size_t done,
                                                                                         std::size_t total) {
    constexpr std::chrono::seconds interval{10};
    auto const now = clock::now();
    auto const passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - when->began);
    std::string const text = php.label() + ": " + progress_text(word, done, total, passed);
    streams.progress(text);
    if (now - when->told < interval || done >= total) return;
    when->told = now;
    streams.milestone(text);
  };
}

}  // namespace cachetool::cli
