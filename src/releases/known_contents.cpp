#include "releases/known_contents.hpp"

#include <algorithm>
#include <exception>
#include <string_view>

#include "base/take.hpp"
#include "releases/kept_text.hpp"

namespace cachetool::releases {
namespace {

using opcache::script_selection;
using opcache::selected_script;

constexpr std::size_t most_kept = 32 * 1024 * 1024;
constexpr std::size_t hash_digits = 64;

kept_name contents_beside(std::string const& link) {
  return {link, "cachetool-contents"};
}

std::int64_t restarts(opcache::statistics const& of) {
  return of.oom_restarts + of.hash_restarts + of.manual_restarts;
}

bool take_count(std::string_view& line, std::int64_t& into) {
  return base::take_number(line, into) && into >= 0;
}

// "started restarts wasted /directory"
std::optional<known_contents> to_directory(std::string_view line) {
  known_contents out;
  bool const read = take_count(line, out.started) && take_count(line, out.restarts) && take_count(line, out.wasted);
  if (!read || !line.starts_with('/')) return std::nullopt;
  out.directory = line;
  return out;
}

// "memory inode size ctime sha256 name"
void take_script(std::string_view line, known_contents& into) {
  known_script script;
  std::int64_t inode = 0;
  bool const read = take_count(line, script.memory) && take_count(line, inode) && take_count(line, script.file.size) &&
                    take_count(line, script.file.changed);
  if (!read || line.size() < hash_digits + 2 || line[hash_digits] != ' ') return;
  script.file.inode = static_cast<std::uint64_t>(inode);
  script.file.sha256 = line.substr(0, hash_digits);
  into.scripts[into.directory + "/" + std::string(line.substr(hash_digits + 1))] = std::move(script);
}

// A space at the beginning tells a script's line from a directory's.
std::string text_of(known_contents const& of) {
  std::string text = std::to_string(of.started) + " " + std::to_string(of.restarts) + " " + std::to_string(of.wasted) +
                     " " + of.directory + "\n";
  for (auto const& [path, script] : of.scripts) {
    if (path.find('\n') != std::string::npos) continue;
    for (auto const number :
         {script.memory, static_cast<std::int64_t>(script.file.inode), script.file.size, script.file.changed}) {
      text += " " + std::to_string(number);
    }
    text += " " + script.file.sha256 + " " + path.substr(of.directory.size() + 1) + "\n";
  }
  return text;
}

}  // namespace

bool known_contents::still_has(script_selection const& now, std::string const& path) const {
  auto const known = scripts.find(path);
  selected_script const* const script = opcache::find(now, path);
  if (known == scripts.end() || script == nullptr || !script->valid || !now.state.counts || !now.state.memory) {
    return false;
  }
  bool const is_same_cache =
      now.state.counts->start_time == started && releases::restarts(*now.state.counts) == restarts;
  std::int64_t const given_up = now.state.memory->wasted - wasted;
  return is_same_cache && given_up >= 0 && given_up < known->second.memory && script->memory == known->second.memory;
}

bool known_contents::has_same_bytes(std::string const& path, file_hashes& hashes) const {
  auto const known = scripts.find(path);
  return known != scripts.end() && hashes.of(path).sha256 == known->second.file.sha256;
}

std::optional<known_contents> look_at_contents(script_selection const& now, std::string const& directory,
                                               std::function<bool(std::string const& path)> const& is_as_cached,
                                               file_hashes& hashes) {
  if (now.validates_timestamps || !now.state.counts || !now.state.memory) return std::nullopt;
  known_contents out{
      directory, now.state.counts->start_time, releases::restarts(*now.state.counts), now.state.memory->wasted, {}};
  for (selected_script const& script : now.scripts) {
    if (!script.valid || !script.path.starts_with(directory + "/") || !is_as_cached(script.path)) continue;
    hashed_file file = hashes.of(script.path);
    if (!file.sha256.empty() && is_as_cached(script.path)) out.scripts[script.path] = {script.memory, std::move(file)};
  }
  return out;
}

std::vector<known_contents> read_contents(int directory, std::string const& name) {
  std::vector<known_contents> out;
  std::string const text = read_kept(directory, contents_beside(name), most_kept);
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = base::take_until(rest, '\n');
    if (line.starts_with(' ')) {
      if (!out.empty()) take_script(line.substr(1), out.back());
    } else if (auto found = to_directory(line)) {
      out.push_back(std::move(*found));
    } else {
      return {};
    }
  }
  return out;
}

// Others must not read the file: a hash lets them try guesses at a password in a script. The link has moved by now, so
// a failure to keep it is no reason to fail.
void keep_contents(int directory, std::string const& name, std::vector<known_contents> const& all) {
  try {
    std::string text;
    for (known_contents const& each : all) {
      if (each.directory.find('\n') == std::string::npos) text += text_of(each);
    }
    if (text.size() <= most_kept) keep(directory, contents_beside(name), text, 0600);
  } catch (std::exception const&) {
    return;
  }
}

}  // namespace cachetool::releases
