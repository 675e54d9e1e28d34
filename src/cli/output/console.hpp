#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

#include "report/style.hpp"

namespace cachetool::cli {

/// The two streams: standard output is for data, standard error for messages. Nothing else in the program writes.
class console {
 public:
  struct settings {
    bool quiet = false;              ///< nothing on standard output
    bool colour = false;             ///< colour on standard output
    bool terminal = false;           ///< standard output is a terminal
    bool talks_to_terminal = false;  ///< standard error is a terminal
    bool talks_in_colour = false;    ///< colour on standard error
    std::size_t width = 100;         ///< columns for text that is laid out in lines
  };

  explicit console(settings chosen) : chosen_(chosen) { buffer_.reserve(4096); }

  /// Returns a console with the same settings that keeps what is written to it, for work that runs beside other work.
  /// pour() writes out here what it has kept, in order.
  [[nodiscard]] console aside() const;
  void pour(console const& kept);

  /// Appends to standard output, which is buffered. The caller takes care of control bytes; see line().
  void write(std::string_view text);

  /// Writes one line to standard output, with control bytes escaped.
  void line(std::string_view text);

  /// Writes somebody else's text, which may be anything. A file or a pipe gets it byte for byte; for a terminal,
  /// control bytes except line breaks and tabs are escaped.
  void raw(std::string_view text);

  /// One line as CacheTool writes it, in its two colours: "APCu key=", key, " exists". Every second part is raw().
  void message(std::initializer_list<std::string_view> parts);

  /// Writes out what is buffered. Throws error (interrupted) at a signal, or if time is over and the reader keeps it
  /// waiting; see watch(). Says nothing about a reader that went away. If standard output cannot be written, the first
  /// 64 KiB from there on go to standard error; see output_is_lost().
  void flush();

  /// True once standard output could not be written, unless its reader went away.
  [[nodiscard]] bool output_is_lost() const noexcept { return sink_ == sink::lost; }

  /// True once nothing that is written there arrives.
  [[nodiscard]] bool nobody_reads() const noexcept { return sink_ != sink::open; }

  /// While set, a reader that does not read cannot keep the program from noticing a signal or the end of its time.
  /// `signal_fd` becomes readable at a signal, `interrupt_fd` in both cases; -1: none.
  void watch(int signal_fd, int interrupt_fd) noexcept {
    signal_fd_ = signal_fd;
    interrupt_fd_ = interrupt_fd;
  }

  // Each writes one line to standard error, with control bytes escaped.
  void warning(std::string_view text);
  void hint(std::string_view text);
  void error_line(std::string_view text);

  /// "warning: 95 % are used" and the like, with the label in its colour.
  void judgement(std::string_view label, report::style how, std::string_view text);

  /// "error: <command> on <endpoint>: what" and "hint: ..." for an error.
  void report(std::string_view command, error const& failed);

  /// Shows one line on standard error, which the next message replaces. Only on a terminal, not with quiet, and not on
  /// a console that keeps what is written: several of them would get in each other's way.
  void progress(std::string_view text);

  /// Writes one line to standard error if progress() shows none; not with quiet, and not on a console that keeps what
  /// is written.
  void milestone(std::string_view text);

  /// Writes one line to standard error at once, even on a console that keeps what is written: a log tells what happens
  /// now.
  void log_line(std::string_view text);

  /// Asks on standard error, and reads a line from standard input. True if it begins with a y. One question at a time.
  /// Throws error (interrupted) as flush() does.
  bool confirm(std::string_view question);

  /// For an error that is told before the options are known.
  void talk_in_colour(bool colour) noexcept { chosen_.talks_in_colour = colour; }

  [[nodiscard]] bool talks_to_terminal() const noexcept { return chosen_.talks_to_terminal; }
  [[nodiscard]] bool colour() const noexcept { return chosen_.colour; }
  [[nodiscard]] std::size_t width() const noexcept { return chosen_.width; }

 private:
  struct piece {
    bool is_talk;  // for standard error
    std::string text;
  };

  /// The state of standard output.
  enum class sink : std::uint8_t { open, closed_by_reader, lost };

  void put(std::string_view text);
  void cannot_write(int code, std::string_view rest);
  void rescue(std::string_view text);
  void talk(std::string_view label, report::style how, std::string_view text);
  void say(std::string_view text);
  void end_progress();

  settings chosen_;
  std::optional<std::vector<piece>> kept_;  // of a console that keeps what is written
  std::string buffer_;
  int signal_fd_ = -1;
  int interrupt_fd_ = -1;
  sink sink_ = sink::open;
  std::size_t rescued_ = 0;  // bytes of standard output that went to standard error
  bool in_progress_ = false;
};

}  // namespace cachetool::cli
