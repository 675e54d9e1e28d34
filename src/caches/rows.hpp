#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cachetool::caches {

/// Reads one streamed row, "NUMBER NUMBER ... LENGTH TEXT\n", and moves ROWS behind it. Returns the text, which lives
/// as long as the rows do. Throws error (protocol) if that is not how it looks.
std::string_view take_row(std::string_view& rows, std::span<std::int64_t> numbers);

/// As many places as the largest OPcache has (php-src ext/opcache/zend_accelerator_hash.c), for keys and scripts alike.
constexpr std::size_t most_scripts = 1'048'793;

/// How much text of rows is held at the same time: a million names of usual length.
constexpr std::size_t most_text = std::size_t{128} << 20;

/// Counts rows of which something is kept: the shortest take ten bytes on their way and a hundred in memory, so it does
/// not do to bound the bytes of an answer.
class row_counter {
 public:
  /// KEPT is what is held of the row's text. Throws error (protocol), when MOST_SCRIPTS or MOST_TEXT are exceeded.
  void count(std::string_view kept = {});

 private:
  std::size_t rows_ = 0;
  std::size_t text_ = 0;
};

}  // namespace cachetool::caches
