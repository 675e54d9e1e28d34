#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cachetool::caches {

/// Reads one streamed row, "number number ... length text\n", and moves `rows` behind it. Returns the text, which lives
/// as long as the rows do. Throws error (protocol) if the row has another form.
std::string_view take_row(std::string_view& rows, std::span<std::int64_t> numbers);

/// The most entries that OPcache's table can have (php-src ext/opcache/zend_accelerator_hash.c), for keys and scripts
/// alike.
constexpr std::size_t most_scripts = 1'048'793;

/// How much text of rows may be held at the same time: a million names of usual length.
constexpr std::size_t most_text = std::size_t{128} << 20;

/// Counts rows of which something is kept. The shortest take ten bytes on the wire and a hundred in memory, so a limit
/// on the bytes of an answer would not do.
class row_counter {
 public:
  /// `kept` is the part of the row's text that is held. Throws error (protocol) if most_scripts or most_text is
  /// exceeded.
  void count(std::string_view kept = {});

 private:
  std::size_t rows_ = 0;
  std::size_t text_ = 0;
};

}  // namespace cachetool::caches
