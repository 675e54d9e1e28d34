#include "cli/output/console.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

#include "base/text.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

using report::style;

// A pipe that is ready takes this much without blocking (PIPE_BUF, pipe(7)).
constexpr std::size_t write_size = 4096;

constexpr std::size_t most_rescued = std::size_t{64} << 10;

// Writes what fits at once even if time is over. If poll() fails, the write itself waits.
void wait_until_ready(int fd, short event, int signal_fd, int interrupt_fd) {
  pollfd watched[3] = {{fd, event, 0}, {signal_fd, POLLIN, 0}, {interrupt_fd, POLLIN, 0}};
  int ready = -1;
  do {
    ready = poll(watched, 3, -1);
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return;
  if (watched[0].revents == 0 || watched[1].revents != 0) throw error(error_kind::interrupted, "interrupted");
}

}  // namespace

console console::aside() const {
  console out(chosen_);
  out.kept_.emplace();
  out.watch(signal_fd_, interrupt_fd_);
  return out;
}

void console::pour(console const& kept) {
  for (piece const& each : *kept.kept_) {
    if (!each.is_talk) {
      write(each.text);
      continue;
    }
    flush();  // the remark comes below what it is about
    say(each.text);
  }
}

void console::write(std::string_view text) {
  if (chosen_.quiet) return;
  if (kept_) {
    if (kept_->empty() || kept_->back().is_talk) kept_->push_back({false, {}});
    kept_->back().text += text;
    return;
  }
  buffer_ += text;
  if (buffer_.size() >= write_size) flush();
}

void console::line(std::string_view text) {
  write(report::escape_controls(text));
  write("\n");
}

void console::raw(std::string_view text) {
  if (chosen_.terminal) {
    write(report::escape_controls(text, "\n\t"));
  } else {
    write(text);
  }
}

void console::message(std::initializer_list<std::string_view> parts) {
  bool is_value = false;
  for (std::string_view const part : parts) {
    bool const coloured = chosen_.colour && !part.empty();
    if (coloured) write(report::code(is_value ? style::good : style::attention));
    raw(part);
    if (coloured) write(report::code(style::plain));
    is_value = !is_value;
  }
  write("\n");
}

void console::flush() {
  end_progress();
  put(std::exchange(buffer_, {}));
}

void console::put(std::string_view text) {
  if (sink_ == sink::lost) rescue(text);
  while (sink_ == sink::open && !text.empty()) {
    if (interrupt_fd_ >= 0) wait_until_ready(STDOUT_FILENO, POLLOUT, signal_fd_, interrupt_fd_);
    ssize_t const written = ::write(STDOUT_FILENO, text.data(), std::min(text.size(), write_size));
    if (written < 0 && errno != EINTR) return cannot_write(errno, text);
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
}

void console::cannot_write(int code, std::string_view rest) {
  sink_ = code == EPIPE ? sink::closed_by_reader : sink::lost;
  if (sink_ != sink::lost) return;
  error_line("standard output cannot be written: " + base::errno_text(code) + "; what it would have said:");
  rescue(rest);
}

// So the user still finds what was done. Control bytes are escaped: standard error may be a terminal.
void console::rescue(std::string_view text) {
  std::string_view const part = text.substr(0, most_rescued - rescued_);
  if (part.empty()) return;
  rescued_ += part.size();
  say(report::escape_controls(part, "\n\t"));
  if (rescued_ == most_rescued) say("\n...\n");
}

void console::warning(std::string_view text) {
  talk("warning: ", style::attention, text);
}
void console::hint(std::string_view text) {
  talk("hint: ", style::good, text);
}
void console::error_line(std::string_view text) {
  talk("error: ", style::bad, text);
}

void console::report(std::string_view command, error const& failed) {
  std::string text(command);
  if (!failed.endpoint().empty()) text += " on " + failed.endpoint();
  error_line((text.empty() ? "" : text + ": ") + failed.message());
  if (!failed.hint().empty()) hint(failed.hint());
}

void console::progress(std::string_view text) {
  if (chosen_.quiet || !chosen_.talks_to_terminal || kept_) return;
  in_progress_ = true;
  say("\r\033[K" + report::escape_controls(text));
}

void console::milestone(std::string_view text) {
  if (chosen_.quiet || chosen_.talks_to_terminal || kept_) return;
  talk("", style::plain, text);
}

void console::log_line(std::string_view text) {
  end_progress();
  std::string const shown = report::escape_controls(text) + "\n";
  [[maybe_unused]] ssize_t const written = ::write(STDERR_FILENO, shown.data(), shown.size());
}

void console::end_progress() {
  if (std::exchange(in_progress_, false)) say("\r\033[K");
}

bool console::confirm(std::string_view question) {
  static std::mutex one_question;
  std::lock_guard const lock(one_question);
  flush();
  std::string const shown = report::escape_controls(question);
  [[maybe_unused]] ssize_t const written = ::write(STDERR_FILENO, shown.data(), shown.size());
  std::string answer;
  for (char byte = 0; byte != '\n'; answer += byte) {
    wait_until_ready(STDIN_FILENO, POLLIN, signal_fd_, interrupt_fd_);
    if (read(STDIN_FILENO, &byte, 1) != 1) break;
  }
  return answer.starts_with('y') || answer.starts_with('Y');
}

void console::judgement(std::string_view label, style how, std::string_view text) {
  talk(label, how, text);
}

void console::talk(std::string_view label, style how, std::string_view text) {
  end_progress();
  say(report::styled(label, how, chosen_.talks_in_colour) + report::escape_controls(text) + "\n");
}

void console::say(std::string_view text) {
  if (kept_) {
    kept_->push_back({true, std::string(text)});
    return;
  }
  // Standard error is the last resort; if it fails, nothing can be said about that.
  [[maybe_unused]] ssize_t const written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace cachetool::cli
