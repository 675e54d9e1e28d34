#include "caches/file_by_file.hpp"

#include <algorithm>

namespace cachetool::opcache {
namespace {

struct progress_made {
  std::size_t done = 0;  ///< files that are done with
  php::value status;     ///< what was answered; null if it was not
};

/// Sends one request.
progress_made work_on(adapter::adapter& php, std::span<std::string const> part, agent::call call, one_at_a_time& next,
                      std::function<void(std::string const& path, compile_row row)> const& each) {
  auto made = progress_made{};
  auto& done = made.done;
  call.rows = [&](std::string_view text) {
    if (done == part.size()) throw error(error_kind::protocol, "more files were compiled than were sent");
    each(part[done], read_compile_row(text));
    ++done;
  };
  try {
    agent::answer answer = run_to_compile(php, call, done);
    made.status = std::move(answer.result);
    if (done == 0) throw error(error_kind::protocol, "what became of a file is missing");
  } catch (error const& failed) {
    if (!ends_the_request(failed.kind())) throw;
    if (next.ended(failed.kind(), part.size(), done)) each(part[done++], {"failed", failed.message(), {}, {}});
    return made;
  }
  next.passed(done);
  return made;
}

}  // namespace

void file_by_file(adapter::adapter& php, std::vector<std::string> const& paths, pacing const& pace,
                  std::function<agent::call(std::span<std::string const>)> const& call_for,
                  std::function<void(std::string const& path, compile_row row)> const& each, progress const& tell,
                  between_requests const& between) {
  pacing now = pace;
  one_at_a_time next;
  for (std::span<std::string const> left = paths; !left.empty();) {
    auto const part = left.first(std::min(left.size(), next.most(now.files)));
    auto const made = work_on(php, part, call_for(part), next, each);
    left = left.subspan(made.done);
    if (tell) tell(paths.size() - left.size(), paths.size());
    if (between && !between(made.status, now)) return;
    if (!left.empty()) php.pause(now.pause);
  }
}

}  // namespace cachetool::opcache
