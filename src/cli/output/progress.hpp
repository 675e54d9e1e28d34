#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "adapter/adapter.hpp"
#include "caches/file_by_file.hpp"
#include "cli/output/console.hpp"

namespace cachetool::cli {

/// "compiled 12 of 300, about 40 s more", once the work has gone on for a while.
inline std::string progress_text(std::string const& word, std::size_t done, std::size_t total,
                                 std::chrono::milliseconds passed) {
  std::string const text = word + " " + std::to_string(done) + " of " + std::to_string(total);
  constexpr std::chrono::seconds a_while{2};
  if (passed < a_while || done == 0 || done >= total) return text;
  auto const left = std::chrono::ceil<std::chrono::seconds>(passed * static_cast<std::int64_t>(total - done) /
                                                            static_cast<std::int64_t>(done));
  return text + ", about " + std::to_string(left.count()) + " s more";
}

/// What to say about a work on many files, and when.
class progress_meter {
 public:
  using clock = std::chrono::steady_clock;

  explicit progress_meter(clock::time_point began) : began_(began), told_(began) {}

  [[nodiscard]] std::string text(std::string const& word, std::size_t done, std::size_t total,
                                 clock::time_point now) const {
    return progress_text(word, done, total, std::chrono::duration_cast<std::chrono::milliseconds>(now - began_));
  }

  /// True every ten seconds, as long as something is left to do.
  bool is_milestone(std::size_t done, std::size_t total, clock::time_point now) {
    constexpr std::chrono::seconds interval{10};
    if (now - told_ < interval || done >= total) return false;
    told_ = now;
    return true;
  }

 private:
  clock::time_point began_;
  clock::time_point told_;
};

/// Says how far a work on many files has come: always on a terminal, elsewhere in a line every ten seconds. The adapter
/// and the console must outlive the result.
inline opcache::progress progress_on(console& streams, adapter::adapter const& php, std::string done_word) {
  auto const meter = std::make_shared<progress_meter>(progress_meter::clock::now());
  return [&streams, &php, word = std::move(done_word), meter](std::size_t done, std::size_t total) {
    auto const now = progress_meter::clock::now();
    std::string const text = php.label() + ": " + meter->text(word, done, total, now);
    streams.progress(text);
    if (meter->is_milestone(done, total, now)) streams.milestone(text);
  };
}

}  // namespace cachetool::cli
