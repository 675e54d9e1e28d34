#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "caches/compile_rows.hpp"

namespace cachetool::opcache {

/// How gently to work on many files (docs/refreshing.md).
struct pacing {
  std::chrono::milliseconds pause{20};  ///< between two requests
  std::size_t files = 10;               ///< in one request, which also ends after 20 ms, or 50 ms without a pause
  bool adapts = true;                   ///< waits less if a processor is idle, as PHP tells
  bool live = true;                     ///< visitors ask for these files

  /// The pace that the user asked for; nothing else changes it.
  static pacing of(std::chrono::milliseconds pause) { return {.pause = pause, .adapts = false}; }
};

/// Called with how many of the files are done.
using progress = std::function<void(std::size_t done, std::size_t total)>;

/// Decides how many files the next request may have. A worker that dies takes its last rows along, so the file that
/// ended it is among those after the last row that arrived. Until it is found, these are sent one at a time.
class one_at_a_time {
 public:
  [[nodiscard]] std::size_t most(std::size_t usual) const noexcept { return alone_ > 0 ? 1 : usual; }

  /// To be called when a file ended a request of `sent` files, of which `done` are known. Returns true if only the
  /// first of the rest can be to blame.
  bool ended(error_kind kind, std::size_t sent, std::size_t done) noexcept {
    bool const tells = kind != error_kind::worker_died;
    bool const is_known = done == 0 && (tells || sent == 1);
    alone_ = is_known ? 0 : tells || done == sent ? 1 : sent - done;
    return is_known;
  }

  void passed(std::size_t files) noexcept { alone_ -= std::min(alone_, files); }

 private:
  std::size_t alone_ = 0;
};

/// The result of one request.
struct part_done {
  std::size_t files = 0;                ///< how many are done, counted from the first
  std::optional<agent::answer> answer;  ///< nothing if a file ended the request
};

/// Sends a call that works on `files` files (at least one) and answers with a row for each; it may stop before the
/// last. Passes the rows to `each` in order, with the file's number. A file that ended its request has failed if it was
/// alone in it; otherwise `next` makes sure that it is sent alone. Throws error.
part_done send_part(adapter::adapter& php, std::size_t files, agent::call call, one_at_a_time& next,
                    std::function<void(std::size_t file, compile_row row)> const& each);

/// Called between two requests. False: nothing more is sent.
using between_requests = std::function<bool()>;

/// Has PHP do something with each file, one request at a time. `call_for` makes the call for some of the files, to an
/// operation that answers with a row for each file and may stop before the last; the time limit is added here. `each`
/// receives every file's row, in order. A file that ended its request is sent again alone, and has failed if it ends
/// that one, too. Throws error.
void file_by_file(adapter::adapter& php, std::vector<std::string> const& paths, pacing const& pace,
                  std::function<agent::call(std::span<std::string const>)> const& call_for,
                  std::function<void(std::string const& path, compile_row row)> const& each, progress const& tell,
                  between_requests const& goes_on = {});

}  // namespace cachetool::opcache
