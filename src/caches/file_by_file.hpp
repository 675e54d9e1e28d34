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
  std::size_t files = 10;               ///< in one request, which also ends after 20 ms, or 50 without a pause
  bool adapts = true;                   ///< waits less where a processor has nothing to do, as PHP tells
  bool live = true;                     ///< visitors ask for these files

  /// As somebody asked for it: nothing else sets the pace.
  static pacing of(std::chrono::milliseconds pause) { return {.pause = pause, .adapts = false}; }
};

/// Is told how far a work on many files has come.
using progress = std::function<void(std::size_t done, std::size_t total)>;

/// How many files the next request may have. One whose worker died took its last rows along, so the file that ended it
/// is among those after the last row that came: until it is found, they are sent one at a time.
class one_at_a_time {
 public:
  [[nodiscard]] std::size_t most(std::size_t usual) const noexcept { return alone_ > 0 ? 1 : usual; }

  /// What a file did ended a request with SENT files, of which DONE are known. Returns whether only one can have done
  /// that, the first.
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

/// What came of one request.
struct part_done {
  std::size_t files = 0;                ///< that are done with, from the first on
  std::optional<agent::answer> answer;  ///< nothing if a file ended the request
};

/// Sends CALL, which has PHP do something with FILES files (at least one) and answers with a row for each; it may stop
/// before the last. EACH receives the rows in order, with the file's number. A file that ended its request and was
/// alone in it has failed; if others were in it too, NEXT will have it sent alone. Throws error.
part_done send_part(adapter::adapter& php, std::size_t files, agent::call call, one_at_a_time& next,
                    std::function<void(std::size_t file, compile_row row)> const& each);

/// Is asked between two requests. False: nothing more is sent.
using between_requests = std::function<bool()>;

/// Has PHP do something with each file, one request at a time. CALL_FOR makes the call for some of them, an operation
/// that answers with a row for each file and may stop before the last; how long it may take is added here. EACH
/// receives every file's row, in order; a file that ended its request is sent again alone, and "failed" if it ends that
/// too. Throws error.
void file_by_file(adapter::adapter& php, std::vector<std::string> const& paths, pacing const& pace,
                  std::function<agent::call(std::span<std::string const>)> const& call_for,
                  std::function<void(std::string const& path, compile_row row)> const& each, progress const& tell,
                  between_requests const& goes_on = {});

}  // namespace cachetool::opcache
