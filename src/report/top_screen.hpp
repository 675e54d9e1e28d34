#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The screen of opcache:top, made of figures: lines with styles, for a terminal of any size. Pure functions.
namespace cachetool::report {

enum class look : std::uint8_t { plain, title, quiet, good, warning, bad };

struct styled_text {
  std::string text;  ///< no control bytes
  look how = look::plain;
};

using styled_line = std::vector<styled_text>;

/// How much of something is taken, for a line with a bar. Bytes or counts.
struct level_figure {
  std::string_view name;
  std::int64_t used = 0;
  std::int64_t wasted = 0;
  std::int64_t whole = 0;
  bool is_bytes = false;
};

/// A list below the figures; its last column has what is left of the width.
struct top_list {
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> rows;
  std::string remark{};      ///< stands instead of the rows, or above them
  bool ends_matter = false;  ///< the last column loses its beginning if it is too long, as a path
};

struct top_figures {
  std::string name;        ///< "/run/php/php8.2-fpm.sock, pool www"
  std::string state;       ///< "PHP 8.2.36, 1,424 scripts"
  look how = look::plain;  ///< of that state
  std::string failure{};   ///< why the last sample failed; what is shown is older then
  std::vector<level_figure> levels{};
  std::optional<double> hits_now{};   ///< per cent since the sample before; nothing if nobody asked for a script
  std::optional<double> hits_ever{};  ///< since the cache was emptied
  std::string restarts{};
  top_list list{};
};

/// Where the screen is, among several.
struct top_place {
  std::size_t master = 0;
  std::size_t masters = 1;
  bool help = false;
  std::string clock{};  ///< "12:03:44"
};

/// The whole screen: `height` lines, none wider than `width`.
std::vector<styled_line> top_screen(top_figures const& figures, top_place const& place, std::size_t width,
                                    std::size_t height);

/// The text in so many columns, or less: cut at its end with "...", or at its beginning.
std::string cut(std::string_view text, std::size_t columns, bool at_beginning = false);

}  // namespace cachetool::report
