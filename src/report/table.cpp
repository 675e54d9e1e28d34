#include "report/table.hpp"

#include <algorithm>

#include "report/text.hpp"

namespace cachetool::report {
namespace {

constexpr std::string_view green = "\033[32m";
constexpr std::string_view default_colour = "\033[39m";

using widths = std::vector<std::size_t>;

void widen(widths& columns, std::vector<std::string> const& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) columns[i] = std::max(columns[i], display_width(cells[i]));
}

std::string border_line(widths const& columns) {
  std::string line = "+";
  for (std::size_t const width : columns) line.append(width + 2, '-').append("+");
  return line.append("\n");
}

std::string row_line(widths const& columns, std::vector<std::string> const& cells, bool colour = false) {
  std::string line = "|";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (colour) line += green;
    line.append(" ").append(cells[i]).append(columns[i] - display_width(cells[i]) + 1, ' ');
    if (colour) line += default_colour;
    line += "|";
  }
  return line.append("\n");
}

void escape_all(std::vector<std::string>& cells) {
  for (std::string& cell : cells) cell = escape_controls(cell);
}

}  // namespace

table::table(std::vector<std::string> header) : header_(std::move(header)) {
  escape_all(header_);
}

void table::add_row(std::vector<std::string> cells) {
  cells.resize(header_.size());
  escape_all(cells);
  rows_.push_back(std::move(cells));
}

void table::add_separator() {
  rows_.emplace_back();
}

void table::render(text_sink const& out, bool colour) const {
  widths columns(header_.size());
  widen(columns, header_);
  for (auto const& row : rows_) widen(columns, row);

  std::string const border = border_line(columns);
  out(border);
  out(row_line(columns, header_, colour));
  out(border);
  if (rows_.empty()) return;
  for (auto const& row : rows_) out(row.empty() ? border : row_line(columns, row));
  out(border);
}

}  // namespace cachetool::report
