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

/// Counts rows of which something is kept: the shortest take ten bytes on their way and a hundred in memory, so it does
/// not do to bound the bytes of an answer.
class row_counter {
 public:
  /// Throws error (protocol), when MOST are exceeded.
  void count(std::size_t most = most_scripts);

 private:
  std::size_t rows_ = 0;
};

}  // namespace cachetool::caches
