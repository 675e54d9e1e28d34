#include "report/top_screen.hpp"

#include <algorithm>
#include <array>

#include "report/charts.hpp"
#include "report/utf8.hpp"
#include "report/value_text.hpp"

namespace cachetool::report {
namespace {

constexpr std::size_t label_width = 10;
constexpr std::string_view dots = "...";

constexpr std::array help_lines{
    std::string_view("w        what the workers do"),
    std::string_view("h        scripts by hits"),
    std::string_view("m        scripts by memory"),
    std::string_view("g        scripts by hits since the sample before"),
    std::string_view("Tab 1-9  another php-fpm"),
    std::string_view("?        this help"),
    std::string_view("q        the end"),
    std::string_view(""),
    std::string_view("In a bar # is taken, x is wasted until a reset, . is free."),
    std::string_view("Names: OPcache finds a script by its name, and has room for so many."),
    std::string_view("Strings: texts that scripts share. Restarts: how often the cache was emptied."),
};

std::string padded(std::string text, std::size_t columns) {
  std::size_t const width = display_width(text);
  if (width < columns) text.append(columns - width, ' ');
  return text;
}

std::string right_aligned(std::string const& text, std::size_t columns) {
  std::size_t const width = display_width(text);
  return width < columns ? std::string(columns - width, ' ') + text : text;
}

// Its beginning in so many columns. Without dots.
std::string front(std::string_view text, std::size_t columns) {
  std::size_t length = 0;
  while (length < text.size()) {
    std::size_t const next = length + first_character(text.substr(length)).length;
    if (display_width(text.substr(0, next)) > columns) break;
    length = next;
  }
  return std::string(text.substr(0, length));
}

std::string back(std::string_view text, std::size_t columns) {
  while (display_width(text) > columns) text.remove_prefix(first_character(text).length);
  return std::string(text);
}

std::size_t width_of(styled_line const& line) {
  std::size_t sum = 0;
  for (styled_text const& each : line) sum += display_width(each.text);
  return sum;
}

// No more than the screen is wide.
styled_line limited(styled_line line, std::size_t width) {
  styled_line out;
  for (styled_text& each : line) {
    std::size_t const left = width - width_of(out);
    out.push_back({cut(each.text, left), each.how});
  }
  return out;
}

std::size_t bar_width(std::size_t width) {
  return width < 60 ? 8 : std::min<std::size_t>(width / 3, 60);
}

std::size_t share_of_bar(std::int64_t part, std::int64_t whole, std::size_t columns) {
  if (part <= 0 || whole <= 0) return 0;
  double const exact = static_cast<double>(part) / static_cast<double>(whole) * static_cast<double>(columns);
  return std::clamp<std::size_t>(static_cast<std::size_t>(exact + 0.5), 1, columns);
}

look look_of_level(level_figure const& of) {
  double const taken = of.whole > 0 ? static_cast<double>(of.used + of.wasted) / static_cast<double>(of.whole) : 0;
  return taken >= 0.95 ? look::bad : taken >= 0.8 ? look::warning : look::good;
}

std::string amount(level_figure const& of, std::int64_t number) {
  return of.is_bytes ? bytes(static_cast<double>(number)) : grouped(number);
}

std::string level_text(level_figure const& of) {
  std::string const share = percent_text(static_cast<double>(of.used + of.wasted), static_cast<double>(of.whole));
  std::string const wasted = of.wasted > 0 ? ", " + amount(of, of.wasted) + " wasted" : "";
  return right_aligned(share, 6) + " of " + amount(of, of.whole) + wasted;
}

styled_line level_line(level_figure const& of, std::size_t width) {
  std::size_t const columns = bar_width(width);
  std::size_t const used = share_of_bar(of.used, of.whole, columns);
  std::size_t const wasted = std::min(share_of_bar(of.wasted, of.whole, columns), columns - used);
  return {{padded(std::string(of.name), label_width), look::quiet},
          {"[", look::quiet},
          {std::string(used, '#'), look_of_level(of)},
          {std::string(wasted, 'x'), look::warning},
          {std::string(columns - used - wasted, '.') + "] ", look::quiet},
          {level_text(of)}};
}

styled_line hits_line(top_figures const& of, std::size_t width) {
  std::size_t const columns = bar_width(width);
  std::size_t const used = of.hits_now ? share_of_bar(static_cast<std::int64_t>(*of.hits_now * 10), 1000, columns) : 0;
  look const how = !of.hits_now || *of.hits_now >= 95 ? look::good : *of.hits_now >= 80 ? look::warning : look::bad;
  std::string const now = of.hits_now ? right_aligned(percent_text(*of.hits_now, 100), 6) + " now" : "nobody asks now";
  std::string const ever = of.hits_ever ? ", " + percent_text(*of.hits_ever, 100) + " in all" : "";
  return {{padded("Hit rate", label_width), look::quiet},
          {"[", look::quiet},
          {std::string(used, '#'), how},
          {std::string(columns - used, '.') + "] ", look::quiet},
          {now + ever}};
}

styled_line title_line(top_figures const& of, top_place const& place, std::size_t width) {
  std::string const which =
      place.masters > 1 ? std::to_string(place.master + 1) + " of " + std::to_string(place.masters) + "  " : "";
  std::string const right = which + place.clock;
  std::size_t const left = width > right.size() + 2 ? width - right.size() - 2 : 0;
  return {{padded(cut(of.name, left), left), look::title}, {"  " + right, look::quiet}};
}

// The widest of each column, but for the last one, which is not padded.
std::vector<std::size_t> column_widths(top_list const& list) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i + 1 < list.headings.size(); ++i) {
    std::size_t width = display_width(list.headings[i]);
    for (auto const& row : list.rows) width = std::max(width, display_width(row[i]));
    out.push_back(width);
  }
  return out;
}

std::string list_row(std::vector<std::string> const& cells, std::vector<std::size_t> const& widths, std::size_t width,
                     bool ends_matter) {
  std::string out;
  for (std::size_t i = 0; i < widths.size(); ++i) out += right_aligned(cells[i], widths[i]) + "  ";
  std::size_t const taken = display_width(out);
  return out + (taken < width ? cut(cells[widths.size()], width - taken, ends_matter) : "");
}

void add_list(std::vector<styled_line>& lines, top_list const& list, std::size_t width, std::size_t height) {
  if (!list.remark.empty()) lines.push_back({{list.remark, look::quiet}});
  if (list.rows.empty()) return;
  auto const widths = column_widths(list);
  lines.push_back({{padded(list_row(list.headings, widths, width, false), width), look::title}});
  for (auto const& row : list.rows) {
    if (lines.size() >= height) return;
    lines.push_back({{list_row(row, widths, width, list.ends_matter)}});
  }
}

void add_help(std::vector<styled_line>& lines) {
  for (std::string_view const each : help_lines) lines.push_back({{std::string(each)}});
}

styled_line keys_line(std::size_t width) {
  return {{width < 60 ? "w h m g Tab ? q" : "w workers  h hits  m memory  g growth  Tab next  ? help  q quit",
           look::quiet}};
}

std::vector<styled_line> figure_lines(top_figures const& of, top_place const& place, std::size_t width) {
  std::vector<styled_line> lines{title_line(of, place, width), {{of.state, of.how}}};
  if (!of.failure.empty()) lines.push_back({{of.failure, look::bad}});
  lines.emplace_back();
  for (level_figure const& each : of.levels) lines.push_back(level_line(each, width));
  if (!of.levels.empty()) lines.push_back(hits_line(of, width));
  if (!of.restarts.empty()) {
    lines.push_back({{padded("Restarts", label_width), look::quiet}, {of.restarts}});
    lines.emplace_back();
  }
  return lines;
}

}  // namespace

std::string cut(std::string_view text, std::size_t columns, bool at_beginning) {
  std::string const shown = escape_controls(text);
  if (display_width(shown) <= columns) return shown;
  if (columns <= dots.size()) return front(shown, columns);
  std::size_t const left = columns - dots.size();
  return at_beginning ? std::string(dots) + back(shown, left) : front(shown, left) + std::string(dots);
}

std::vector<styled_line> top_screen(top_figures const& figures, top_place const& place, std::size_t width,
                                    std::size_t height) {
  std::vector<styled_line> lines = figure_lines(figures, place, width);
  std::size_t const room = height > 0 ? height - 1 : 0;
  place.help ? add_help(lines) : add_list(lines, figures.list, width, room);
  lines.resize(room);
  if (height > 0) lines.push_back(keys_line(width));
  for (styled_line& each : lines) each = limited(std::move(each), width);
  return lines;
}

}  // namespace cachetool::report
