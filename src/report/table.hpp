#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cachetool::report {

/// Receives text in pieces. What it throws ends the writing and passes through.
using text_sink = std::function<void(std::string_view)>;

/// A table in the style of CacheTool 10 (Symfony Console's default), rows kept until render().
/// Cells are shown with their control bytes escaped (text.hpp), so a cell is always one line.
class table {
 public:
  explicit table(std::vector<std::string> header);

  void add_row(std::vector<std::string> cells);  ///< missing cells are empty; more cells than the header are dropped
  void add_separator();

  /// Writes the table, line by line. Without rows: border, header, border. COLOUR: header cells in green, as `--ansi`
  /// gives.
  void render(text_sink const& out, bool colour = false) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;  // an empty row is a separator
};

}  // namespace cachetool::report
