#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cachetool/php/value.hpp>

#include "report/table.hpp"

namespace cachetool::report {

/// Writes rows of CSV (RFC 4180, but lines end with a bare newline). A field is quoted if it contains a comma, a quote,
/// a line break, or a leading or trailing space. Fields are written byte for byte: only CSV's own characters are
/// escaped, control bytes are not.
class csv_writer {
 public:
  csv_writer(text_sink out, std::vector<std::string> const& header);

  /// For more rows, with that many columns, below a header that another writer wrote.
  csv_writer(text_sink out, std::size_t columns) : out_(std::move(out)), columns_(columns) {}

  void row(std::vector<std::string> const& fields);  ///< as many fields as the header has (asserted in debug builds)

  /// Passes on buffered text. The destructor does not: output that an error cut short ends where it was.
  void flush();

 private:
  text_sink out_;
  std::string buffer_;
  [[maybe_unused]] std::size_t columns_;
};

/// A value as one CSV field: empty for null, "true" and "false", exact numbers, strings byte for byte, anything else as
/// JSON.
std::string csv_field(php::value const& what);

}  // namespace cachetool::report
