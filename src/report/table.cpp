#include "report/table.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include "report/value_text.hpp"

namespace cachetool::report {
namespace {

using widths = std::vector<std::size_t>;

void widen(widths& columns, std::vector<std::string> const& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) columns[i] = std::max(columns[i], display_width(cells[i]));
}

std::string border_line(widths const& columns) {
  std::string line = "+";
  for (std::size_t const width : columns) line.append(width + 2, '-').append("+");
  return line.append("\n");
}

std::string row_line(widths const& columns, std::vector<std::string> const& cells, cell_style const& styles) {
  std::string line = "|";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::string const cell = " " + cells[i] + std::string(columns[i] - display_width(cells[i]) + 1, ' ');
    line.append(styles ? styled(cell, styles(i, cells[i]), true) : cell).append("|");
  }
  return line.append("\n");
}

using cell_size = std::uint32_t;
constexpr cell_size separator = std::numeric_limits<cell_size>::max();  // in place of the size of a row's first cell

void append_size(std::string& packed, cell_size size) {
  packed.append(reinterpret_cast<char const*>(&size), sizeof size);
}

cell_size take_size(std::string_view& rows) {
  cell_size size = 0;
  std::memcpy(&size, rows.data(), sizeof size);
  rows.remove_prefix(sizeof size);
  return size;
}

}  // namespace

table::table(std::vector<std::string> header) : header_(std::move(header)) {
  for (std::string& cell : header_) cell = escape_controls(cell);
}

void table::add_row(std::vector<std::string> cells) {
  cells.resize(header_.size());
  std::string packed;
  for (std::string const& cell : cells) {
    append_size(packed, static_cast<cell_size>(cell.size()));
    packed += cell;
  }
  keep(packed);
}

void table::add_separator() {
  std::string packed;
  append_size(packed, separator);
  keep(packed);
}

void table::keep(std::string_view packed) {
  constexpr std::size_t block = 1 << 18;
  if (packed_.empty() || packed_.back().capacity() - packed_.back().size() < packed.size()) {
    packed_.emplace_back().reserve(std::max(block, packed.size()));
  }
  packed_.back() += packed;
}

// The next row, with its cells as they are shown; empty for a separator.
table::shown_row table::unpack(std::string_view& rows) const {
  shown_row out;
  while (out.size() < header_.size()) {
    cell_size const size = take_size(rows);
    if (size == separator) break;
    out.push_back(escape_controls(rows.substr(0, size)));
    rows.remove_prefix(size);
  }
  return out;
}

void table::for_each_row(std::function<void(shown_row const&)> const& each) const {
  for (std::string_view rows : packed_) {
    while (!rows.empty()) each(unpack(rows));
  }
}

void table::render(text_sink const& out, bool colour, cell_style const& styles) const {
  widths columns(header_.size());
  widen(columns, header_);
  for_each_row([&](shown_row const& row) { widen(columns, row); });

  std::string const border = border_line(columns);
  out(border);
  cell_style const as_header = [](std::size_t, std::string_view) { return style::good; };
  out(row_line(columns, header_, colour ? as_header : cell_style()));
  out(border);
  if (packed_.empty()) return;
  cell_style const& as_cell = colour ? styles : cell_style();
  for_each_row([&](shown_row const& row) { out(row.empty() ? border : row_line(columns, row, as_cell)); });
  out(border);
}

}  // namespace cachetool::report
