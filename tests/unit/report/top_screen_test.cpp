#include "report/top_screen.hpp"

#include "report/value_text.hpp"
#include "support/catch.hpp"

using namespace cachetool::report;

namespace {

top_figures figures() {
  top_figures out;
  out.name = "/run/php/php8.2-fpm.sock, pool www";
  out.state = "PHP 8.2.36, 1,424 scripts";
  out.levels = {{"Memory", 60 << 20, 10 << 20, 128 << 20, true}, {"Names", 16'000, 0, 16'229, false}};
  out.hits_now = 97.5;
  out.hits_ever = 57.7;
  out.restarts = "0 for want of memory, 0 of names, 2 asked for";
  out.list = {{"Hits", "Memory", "Script"},
              {{"1,200", "28.06 KiB", "/srv/www/example.org/releases/20261128101500/src/Kernel.php"},
               {"7", "1 KiB", "/srv/a.php"}},
              {},
              true};
  return out;
}

std::string drawn(std::vector<styled_line> const& screen) {
  std::string out;
  for (styled_line const& line : screen) {
    for (styled_text const& each : line) out += each.text;
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
  }
  return out;
}

std::string drawn(top_figures const& of, std::size_t width, std::size_t height,
                  top_place place = {.clock = "12:03:44"}) {
  return drawn(top_screen(of, place, width, height));
}

look look_of(std::vector<styled_line> const& screen, std::string_view text) {
  for (styled_line const& line : screen) {
    for (styled_text const& each : line) {
      if (each.text.find(text) != std::string::npos) return each.how;
    }
  }
  FAIL("it is not on the screen: " << text);
  return look::plain;
}

}  // namespace

TEST_CASE("the screen on a terminal of 80 columns") {
  CHECK(drawn(figures(), 80, 12) ==
        R"(/run/php/php8.2-fpm.sock, pool www                                      12:03:44
PHP 8.2.36, 1,424 scripts

Memory    [############xx............]   55 % of 128 MiB, 10 MiB wasted
Names     [##########################]   99 % of 16,229
Hit rate  [#########################.]   98 % now, 58 % in all
Restarts  0 for want of memory, 0 of names, 2 asked for

 Hits     Memory  Script
1,200  28.06 KiB  /srv/www/example.org/releases/20261128101500/src/Kernel.php
    7      1 KiB  /srv/a.php
w workers  h hits  m memory  g growth  Tab next  ? help  q quit
)");
}

TEST_CASE("the screen on a terminal of 40 columns") {
  CHECK(drawn(figures(), 40, 12) ==
        R"(/run/php/php8.2-fpm.sock, p...  12:03:44
PHP 8.2.36, 1,424 scripts

Memory    [####x...]   55 % of 128 Mi...
Names     [########]   99 % of 16,229
Hit rate  [########]   98 % now, 58 %...
Restarts  0 for want of memory, 0 of ...

 Hits     Memory  Script
1,200  28.06 KiB  ...1500/src/Kernel.php
    7      1 KiB  /srv/a.php
w h m g Tab ? q
)");
}

TEST_CASE("on a terminal of 300 columns bars stay readable, and paths are whole") {
  std::string const text = drawn(figures(), 300, 12);
  CHECK(text.find("Memory    [" + std::string(28, '#')) != std::string::npos);
  CHECK(text.find("/srv/www/example.org/releases/20261128101500/src/Kernel.php\n") != std::string::npos);
}

TEST_CASE("no line is wider than the terminal, and there are as many as it has, whatever its size") {
  top_figures odd = figures();
  odd.name = "\xE6\xBC\xA2\xE5\xAD\x97\xE6\xBC\xA2\xE5\xAD\x97\x1b[31m";
  odd.failure = std::string(400, 'x');
  for (std::size_t const width : {1U, 2U, 7U, 11U, 39U, 40U, 61U, 300U}) {
    for (std::size_t const height : {0U, 1U, 2U, 9U, 50U}) {
      CAPTURE(width, height);
      auto const screen = top_screen(odd, {.masters = 3, .clock = "12:03:44"}, width, height);
      CHECK(screen.size() == height);
      for (styled_line const& line : screen) {
        std::size_t columns = 0;
        for (styled_text const& each : line) columns += display_width(each.text);
        CHECK(columns <= width);
      }
    }
  }
}

TEST_CASE("control bytes do not reach the terminal") {
  top_figures odd = figures();
  odd.list.rows = {{"1", "1 KiB", "/srv/\x1b]0;x\x07\xE2\x80\xAE.php"}};
  std::string const text = drawn(odd, 80, 12);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("\\e]0;x\\x07\\u{202E}.php") != std::string::npos);
}

TEST_CASE("what runs out stands out") {
  auto const screen = top_screen(figures(), {}, 80, 12);
  CHECK(screen[3][2].how == look::good);  // memory: 55 %
  CHECK(screen[4][2].how == look::bad);   // names: 99 %
  CHECK(look_of(screen, "xx") == look::warning);
}

TEST_CASE("a failure is told above the figures of the last look that worked") {
  top_figures failed = figures();
  failed.failure = "no such socket";
  auto const screen = top_screen(failed, {}, 80, 12);
  CHECK(look_of(screen, "no such socket") == look::bad);
  CHECK(drawn(screen).find("55 % of 128 MiB") != std::string::npos);
}

TEST_CASE("among several php-fpm the screen says which one it is") {
  CHECK(drawn(figures(), 80, 12, {.master = 1, .masters = 3, .clock = "12:03:44"}).find("2 of 3  12:03:44\n") !=
        std::string::npos);
}

TEST_CASE("help stands in the place of the list") {
  std::string const text = drawn(figures(), 80, 24, {.help = true, .clock = "12:03:44"});
  CHECK(text.find("g        scripts by hits since the sample before") != std::string::npos);
  CHECK(text.find("Kernel.php") == std::string::npos);
}

TEST_CASE("before the first sample the screen is empty but for the keys") {
  CHECK(drawn(top_figures(), 80, 3) ==
        "                                                                        12:03:44\n\nw workers  h hits  m "
        "memory  g "
        "growth  Tab next  ? help  q quit\n");
}
