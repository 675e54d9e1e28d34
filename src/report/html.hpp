#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Pieces of a web page. Only text that was made HTML gets into one, so nobody else's text can be markup.
namespace cachetool::report {

class html {
 public:
  html() = default;

  /// Somebody's text, for between tags and for quoted attributes. Control bytes and bytes that are not UTF-8 are made
  /// visible, as in a table.
  static html text(std::string_view what);

  /// Markup of our own.
  static html markup(std::string_view ours);

  html& operator+=(html const& more);
  friend html operator+(html one, html const& more) { return one += more; }

  [[nodiscard]] std::string const& str() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

 private:
  std::string text_;
};

/// What stands in the place of {{name}}.
struct slot {
  std::string_view name;
  html value;
};

/// A template of our own with its slots filled. What fills them is not looked into. Throws std::logic_error for a slot
/// that nobody fills.
html fill(std::string_view shape, std::initializer_list<slot> slots);

struct html_column {
  std::string_view heading;
  std::string_view kind{};  ///< a class: "number", which stands at the right; "name", "path", "value", which have room
};

/// A table; empty without rows. Its caption is what a screen reader says first.
html html_table(std::string_view caption, std::span<html_column const> columns,
                std::vector<std::vector<html>> const& rows);

/// Somebody's text as a name of code: <code>.
html code(std::string_view what);

}  // namespace cachetool::report
