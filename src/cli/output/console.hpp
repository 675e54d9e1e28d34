#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

namespace cachetool::cli {

/// The two streams: standard output is data, standard error is talk. Nothing else in the program writes.
class console {
 public:
  struct settings {
    bool quiet = false;              ///< nothing on standard output
    bool colour = false;             ///< colour on standard output
    bool terminal = false;           ///< standard output is one
    bool talks_to_terminal = false;  ///< standard error is one
    std::size_t width = 100;         ///< columns for what is laid out in lines
  };

  explicit console(settings chosen) : chosen_(chosen) { buffer_.reserve(4096); }

  /// A console with the same settings that keeps what is written to it, for work that is done at the same time as
  /// other work; pour() writes it out here, in its order.
  [[nodiscard]] console aside() const;
  void pour(console const& kept);

  /// Appends to standard output, which is buffered. Control bytes are the caller's affair: see line().
  void write(std::string_view text);

  /// One line on standard output, its control bytes escaped.
  void line(std::string_view text);

  /// Text of somebody else's that may be anything: to a file or a pipe byte for byte; to a terminal with its control
  /// bytes, but line breaks and tabs, escaped.
  void raw(std::string_view text);

  /// One line as CacheTool writes it, in its two colours: "APCu key=", KEY, " exists". Every second part is raw().
  void message(std::initializer_list<std::string_view> parts);

  /// Writes out what is buffered. Throws error (interrupted) at a signal, or if the time is over and the reader keeps
  /// it waiting, see watch(). A reader that went away wants no more: nothing is said of that. Where standard output
  /// cannot be written, it goes to standard error from there on, its first 64 KiB: see output_is_lost().
  void flush();

  /// True once standard output could not be written, for another reason than that its reader went away.
  [[nodiscard]] bool output_is_lost() const noexcept { return sink_ == sink::lost; }

  /// While set, a reader that does not read cannot keep the program from noticing a signal, or that its time is over.
  /// Readable become SIGNAL_FD for the first, INTERRUPT_FD for both; -1: none.
  void watch(int signal_fd, int interrupt_fd) noexcept {
    signal_fd_ = signal_fd;
    interrupt_fd_ = interrupt_fd;
  }

  // One line on standard error each, control bytes escaped.
  void warning(std::string_view text);
  void hint(std::string_view text);
  void error_line(std::string_view text);

  /// "error: COMMAND on ENDPOINT: what" and "hint: ..." for an error.
  void report(std::string_view command, error const& failed);

  /// One line on standard error that the next one, or whatever else is said, takes the place of. Only on a terminal,
  /// not with quiet, and not on a console that keeps what is written: there, several of them would be in each other's
  /// way.
  void progress(std::string_view text);

  /// One line on standard error where progress() shows none, but for quiet and for a console that keeps what is
  /// written.
  void milestone(std::string_view text);

  /// One line on standard error at once, also on a console that keeps what is written: a log tells what happens now.
  void log_line(std::string_view text);

  /// Asks on standard error, and reads a line from standard input: true if it begins with a y. One question at a time.
  /// Throws error (interrupted) as flush() does.
  bool confirm(std::string_view question);

  [[nodiscard]] bool colour() const noexcept { return chosen_.colour; }
  [[nodiscard]] std::size_t width() const noexcept { return chosen_.width; }

 private:
  struct piece {
    bool is_talk;  // for standard error
    std::string text;
  };

  /// What became of standard output.
  enum class sink : std::uint8_t { open, closed_by_reader, lost };

  void put(std::string_view text);
  void cannot_write(int code, std::string_view rest);
  void rescue(std::string_view text);
  void talk(std::string_view label, std::string_view text);
  void say(std::string_view text);
  void end_progress();

  settings chosen_;
  std::optional<std::vector<piece>> kept_;  // of a console that keeps what is written
  std::string buffer_;
  int signal_fd_ = -1;
  int interrupt_fd_ = -1;
  sink sink_ = sink::open;
  std::size_t rescued_ = 0;  // bytes for standard output that went to standard error
  bool in_progress_ = false;
};

}  // namespace cachetool::cli
