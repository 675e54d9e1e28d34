#include "caches/file_entries.hpp"

#include <algorithm>
#include <utility>

#include "caches/compile_rows.hpp"
#include "caches/numbered_rows.hpp"

namespace cachetool::opcache {
namespace {

std::vector<known_file> entries(adapter::adapter& php, std::vector<std::string> const& names) {
  std::vector<known_file> out;
  agent::call call = ask("opcache.file_entries", {{"names", list(names)}});
  call.rows = caches::numbered_rows([&out](std::string path, std::int64_t written) {
    out.push_back({std::move(path), written, 0, {}});
  });
  php.run(call);
  return out;
}

std::int64_t remove(adapter::adapter& php, std::vector<std::string> const& paths) {
  constexpr std::size_t most_files = 500;  // in one request
  std::int64_t gone = 0;
  for (std::size_t done = 0; done < paths.size(); done += most_files) {
    auto const first = paths.begin() + static_cast<std::ptrdiff_t>(done);
    auto const last = paths.begin() + static_cast<std::ptrdiff_t>(std::min(done + most_files, paths.size()));
    auto const answer = php.run(ask("opcache.delete_file_entries", {{"paths", list({first, last})}}));
    gone += std::clamp<std::int64_t>(answer.result.as_int(), 0, last - first);
  }
  return gone;
}

}  // namespace

std::int64_t delete_stale_file_entries(adapter::adapter& php, script_selection const& in,
                                       std::vector<std::string> const& names, bool all) {
  if (in.state.file_cache.empty() || in.validates_timestamps) return 0;
  std::vector<known_file> files = entries(php, names);
  std::erase_if(files, [&](known_file const& file) {
    selected_script const* const script = find(in, file.path);
    return script != nullptr && script->valid;  // such a script is brought up to date with its file
  });
  auto const states = examine(php, files, false);
  std::vector<std::string> stale;
  for (std::size_t i = 0; i < files.size(); ++i) {
    bool const is_stale = states[i] == file_state::changed || states[i] == file_state::gone;
    if (is_stale || (all && states[i] != file_state::hidden)) stale.push_back(files[i].path);
  }
  return remove(php, stale);
}

}  // namespace cachetool::opcache
