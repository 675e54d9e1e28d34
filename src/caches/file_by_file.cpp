#include "caches/file_by_file.hpp"

namespace cachetool::opcache {
namespace {

/// Sends one request. Returns how many of the files are done with, at least one.
std::size_t work_on(adapter::adapter& php, std::span<std::string const> part, agent::call call,
                    std::function<void(std::string const& path, compile_row row)> const& each) {
  std::size_t done = 0;
  call.rows = [&](std::string_view text) {
    if (done == part.size()) throw error(error_kind::protocol, "more files were compiled than were sent");
    each(part[done], read_compile_row(text));
    ++done;
  };
  try {
    require_cache(php.run(call));
    if (done == 0) throw error(error_kind::protocol, "what became of a file is missing");
  } catch (error const& failed) {
    if (!ends_the_request(failed.kind())) throw;
    // The file after the last row is to blame, unless those before it are: it begins the next request.
    if (done == 0) each(part[done++], {"failed", failed.message(), {}, {}});
  }
  return done;
}

}  // namespace

void file_by_file(adapter::adapter& php, std::vector<std::string> const& paths, pacing const& pace,
                  std::function<agent::call(std::span<std::string const>)> const& call_for,
                  std::function<void(std::string const& path, compile_row row)> const& each, progress const& tell) {
  for (std::span<std::string const> left = paths; !left.empty();) {
    auto const part = left.first(std::min(left.size(), pace.files));
    left = left.subspan(work_on(php, part, call_for(part), each));
    if (tell) tell(paths.size() - left.size(), paths.size());
    if (!left.empty()) php.pause(pace.between_requests);
  }
}

}  // namespace cachetool::opcache
