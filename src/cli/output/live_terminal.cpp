#include "cli/output/live_terminal.hpp"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <cachetool/error.hpp>

// Its macros stay inside of this file: no other header comes after it.
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <term.h>

namespace cachetool::cli {
namespace {

constexpr short no_colour = -1;

struct colour_of_look {
  report::look how;
  short colour;
};

constexpr colour_of_look colours[] = {
    {report::look::good, COLOR_GREEN}, {report::look::warning, COLOR_YELLOW}, {report::look::bad, COLOR_RED}};

short pair_number(report::look how) {
  return static_cast<short>(static_cast<int>(how) + 1);
}

void prepare_colours() {
  if (std::getenv("NO_COLOR") != nullptr || !has_colors()) return;
  start_color();
  use_default_colors();
  for (colour_of_look const& each : colours) init_pair(pair_number(each.how), each.colour, no_colour);
}

attr_t attributes_of(report::look how) {
  switch (how) {
    case report::look::title:
      return A_BOLD;
    case report::look::quiet:
      return A_DIM;
    case report::look::bad:
      return A_BOLD;
    default:
      return A_NORMAL;
  }
}

bool has_colour(report::look how) {
  return how == report::look::good || how == report::look::warning || how == report::look::bad;
}

// Where the locale is not UTF-8, the terminal is not expected to be.
std::string for_locale(std::string text) {
  static bool const is_utf8 = std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  if (is_utf8) return text;
  for (char& each : text) {
    if (static_cast<unsigned char>(each) >= 0x80) each = '?';
  }
  return text;
}

// Without a word of curses' own.
bool is_known() {
  int ignored = 0;
  if (setupterm(nullptr, STDOUT_FILENO, &ignored) == ERR) return false;
  del_curterm(cur_term);
  return true;
}

}  // namespace

struct live_terminal::screen {
  SCREEN* handle = nullptr;
};

std::optional<std::string> live_terminal::missing() {
  if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1) return "standard input and output are no terminal";
  char const* const kind = std::getenv("TERM");
  if (kind == nullptr || *kind == '\0') return "TERM is not set";
  if (std::strcmp(kind, "dumb") == 0) return "the terminal is dumb (TERM=dumb)";
  if (!is_known()) return "nothing is known of this terminal (TERM=" + std::string(kind) + ")";
  return std::nullopt;
}

live_terminal::live_terminal() : screen_(std::make_unique<screen>()) {
  std::setlocale(LC_CTYPE, "");
  screen_->handle = newterm(nullptr, stdout, stdin);
  if (screen_->handle == nullptr) throw error(error_kind::usage, "this terminal cannot show a screen");
  cbreak();
  noecho();
  curs_set(0);
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  set_escdelay(25);
  prepare_colours();
}

live_terminal::~live_terminal() {
  endwin();
  delscreen(screen_->handle);
}

live_terminal::size live_terminal::measure() {
  winsize now{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) == 0 && now.ws_col > 0 && now.ws_row > 0 &&
      is_term_resized(now.ws_row, now.ws_col)) {
    resizeterm(now.ws_row, now.ws_col);
  }
  return {static_cast<std::size_t>(getmaxx(stdscr)), static_cast<std::size_t>(getmaxy(stdscr))};
}

void live_terminal::draw(std::vector<report::styled_line> const& picture) {
  erase();
  for (std::size_t y = 0; y < picture.size(); ++y) {
    ::move(static_cast<int>(y), 0);
    for (report::styled_text const& each : picture[y]) {
      attr_set(attributes_of(each.how), has_colour(each.how) ? pair_number(each.how) : short{0}, nullptr);
      addstr(for_locale(each.text).c_str());
    }
  }
  refresh();
}

char live_terminal::key() {
  int const pressed = getch();
  return pressed > 0 && pressed < 0x80 ? static_cast<char>(pressed) : '\0';
}

}  // namespace cachetool::cli
