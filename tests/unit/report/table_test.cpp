#include "report/table.hpp"

#include "support/catch.hpp"

using namespace cachetool::report;

namespace {

std::string rendered(table const& what, bool colour = false) {
  std::string text;
  what.render([&text](std::string_view line) { text += line; }, colour);
  return text;
}

}  // namespace

TEST_CASE("a column is as wide as its widest cell") {
  table wide({"A", "Header"});
  wide.add_row({"longest", "b"});
  CHECK(rendered(wide) ==
        "+---------+--------+\n"
        "| A       | Header |\n"
        "+---------+--------+\n"
        "| longest | b      |\n"
        "+---------+--------+\n");
}

TEST_CASE("missing cells are empty and further ones are dropped") {
  table uneven({"A", "B"});
  uneven.add_row({"1"});
  uneven.add_row({});
  uneven.add_row({"1", "2", "3"});
  CHECK(rendered(uneven) ==
        "+---+---+\n"
        "| A | B |\n"
        "+---+---+\n"
        "| 1 |   |\n"
        "|   |   |\n"
        "| 1 | 2 |\n"
        "+---+---+\n");
}

TEST_CASE("cells are padded to the width that they have on a terminal") {
  table names({"Key"});
  names.add_row({"\u4E2D\u6587"});
  names.add_row({"e\u0301"});
  names.add_row({"\U0001F600"});
  CHECK(rendered(names) ==
        "+------+\n"
        "| Key  |\n"
        "+------+\n"
        "| \u4E2D\u6587 |\n"
        "| e\u0301    |\n"
        "| \U0001F600   |\n"
        "+------+\n");
}

TEST_CASE("controls in cells and headers are escaped, so that a row is one line") {
  table hostile({"K\ney"});
  hostile.add_row({"a\n\033[31m\xFF"});
  CHECK(rendered(hostile) ==
        "+---------------+\n"
        "| K\\ney         |\n"
        "+---------------+\n"
        "| a\\n\\e[31m\\xFF |\n"
        "+---------------+\n");
}

TEST_CASE("a table of long rows, short ones and separators is shown as it was filled") {
  table mixed({"Number", "Text"});
  std::string const longest(300000, 'x');
  for (int i = 0; i < 3; ++i) {
    mixed.add_row({std::to_string(i), longest});
    mixed.add_separator();
  }
  for (int i = 0; i < 100; ++i) mixed.add_row({std::to_string(i)});
  std::size_t lines = 0;
  std::size_t with_text = 0;
  std::size_t borders = 0;
  mixed.render([&](std::string_view line) {
    ++lines;
    with_text += line.find(longest) != std::string_view::npos ? 1U : 0U;
    borders += line.starts_with('+') ? 1U : 0U;
  });
  CHECK(lines == 100 + 3 + 3 + 4);
  CHECK(with_text == 3);
  CHECK(borders == 3 + 3);
}

TEST_CASE("a table of many rows is shown as it was filled") {
  table many({"Number", "Text"});
  for (int i = 0; i < 50000; ++i) many.add_row({std::to_string(i), "a text of some length"});
  int next = 0;
  int wrong = 0;
  many.render([&](std::string_view line) {
    if (line.starts_with('+') || line.starts_with("| Number")) return;
    wrong += line.starts_with("| " + std::to_string(next++) + " ") ? 0 : 1;
  });
  CHECK(next == 50000);
  CHECK(wrong == 0);
}

TEST_CASE("with colour a cell looks as its column and text say, borders and padding included or not at all") {
  table coloured_rows({"Status", "x"});
  coloured_rows.add_row({"bad", "bad"});
  coloured_rows.add_row({"good", "y"});
  auto const styles = [](std::size_t column, std::string_view text) {
    return column > 0      ? cachetool::report::style::plain
           : text == "bad" ? cachetool::report::style::bad
                           : cachetool::report::style::good;
  };
  std::string coloured;
  coloured_rows.render([&coloured](std::string_view part) { coloured += part; }, true, styles);
  CHECK(coloured.find("|\033[31m bad    \033[39m| bad |\n|\033[32m good   \033[39m| y   |\n") != std::string::npos);
  std::string plain;
  coloured_rows.render([&plain](std::string_view part) { plain += part; }, false, styles);
  CHECK(plain.find('\033') == std::string::npos);
}
