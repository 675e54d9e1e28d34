#include "caches/file_by_file.hpp"

#include <algorithm>

namespace cachetool::opcache {

part_done send_part(adapter::adapter& php, std::size_t files, agent::call call, one_at_a_time& next,
                    std::function<void(std::size_t file, compile_row row)> const& each) {
  part_done out;
  std::size_t& done = out.files;
  call.rows = [&](std::string_view text) {
    if (done == files) throw error(error_kind::protocol, "more files were compiled than were sent");
    each(done, read_compile_row(text));
    ++done;
  };
  try {
    out.answer = run_to_compile(php, call, done);
    if (done == 0) throw error(error_kind::protocol, "what became of a file is missing");
  } catch (error const& failed) {
    if (!ends_the_request(failed.kind())) throw;
    if (next.ended(failed.kind(), files, done)) each(done++, {file_outcome::failed, failed.message(), {}, {}});
    return out;
  }
  next.passed(done);
  return out;
}

void file_by_file(adapter::adapter& php, std::vector<std::string> const& paths, pacing const& pace,
                  std::function<agent::call(std::span<std::string const>)> const& call_for,
                  std::function<void(std::string const& path, compile_row row)> const& each, progress const& tell,
                  between_requests const& between) {
  pacing now = pace;
  one_at_a_time next;
  for (std::span<std::string const> left = paths; !left.empty();) {
    auto const part = left.first(std::min(left.size(), next.most(now.files)));
    auto const made = send_part(php, part.size(), call_for(part), next,
                                [&](std::size_t i, compile_row row) { each(part[i], std::move(row)); });
    left = left.subspan(made.files);
    if (tell) tell(paths.size() - left.size(), paths.size());
    if (between && !between(made.answer ? made.answer->result : php::value(), now)) return;
    if (!left.empty()) php.pause(now.pause);
  }
}

}  // namespace cachetool::opcache
