#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "report/style.hpp"

namespace cachetool::report {

/// Receives text in pieces. An exception from it ends the writing and passes through.
using text_sink = std::function<void(std::string_view)>;

/// How a cell of that column with that text is to look.
using cell_style = std::function<style(std::size_t column, std::string_view text)>;

/// A table in the style of CacheTool 10 (Symfony Console's default). It keeps its rows until render().
/// Control bytes in cells are escaped (value_text.hpp), so a cell is always one line. A row takes as many bytes as its
/// text, and four more for each cell.
class table {
 public:
  explicit table(std::vector<std::string> header);

  /// Missing cells are empty; cells beyond the header are dropped.
  void add_row(std::vector<std::string> cells);
  void add_separator();

  /// Writes the table, line by line. Without rows: border, header, border. With `colour` header cells are green, as
  /// with `--ansi`, and the others as `styles` says.
  void render(text_sink const& out, bool colour = false, cell_style const& styles = {}) const;

 private:
  using shown_row = std::vector<std::string>;
  void keep(std::string_view packed);
  void for_each_row(std::function<void(shown_row const&)> const& each) const;
  [[nodiscard]] shown_row unpack(std::string_view& rows) const;

  shown_row header_;
  std::vector<std::string> packed_;  // rows one after the other, as add_row() writes them; no row is split
};

}  // namespace cachetool::report
