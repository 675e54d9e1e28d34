#include "releases/known_contents.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <exception>
#include <string_view>

#include "base/sha256.hpp"
#include "releases/kept_text.hpp"
#include "releases/open_file.hpp"

namespace cachetool::releases {
namespace {

using opcache::selected_script;
using opcache::selection;

constexpr std::size_t most_kept = 32 * 1024 * 1024;
constexpr std::size_t most_of_a_file = 8 * 1024 * 1024;
constexpr std::size_t digits = 64;

kept_name file_for(std::string const& link) {
  return {link, "cachetool-contents"};
}

std::int64_t restarts(opcache::statistics const& of) {
  return of.oom_restarts + of.hash_restarts + of.manual_restarts;
}

/// Empty for one that cannot be read, or is too large.
std::string hash_of(std::string const& path) {
  base::unique_fd const file = open_file(path);
  if (!file) return {};
  std::string text;
  std::array<char, 65536> part;
  while (text.size() <= most_of_a_file) {
    ssize_t const count = ::read(file.get(), part.data(), part.size());
    if (count == 0) return base::sha256(text);
    if (count < 0 && errno != EINTR) break;
    if (count > 0) text.append(part.data(), static_cast<std::size_t>(count));
  }
  return {};
}

std::string_view take_line(std::string_view& text) {
  std::string_view const line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

bool take_number(std::string_view& line, std::int64_t& into) {
  auto const parsed = std::from_chars(line.data(), line.data() + line.size(), into);
  if (parsed.ec != std::errc() || parsed.ptr == line.data() + line.size() || *parsed.ptr != ' ') return false;
  line.remove_prefix(static_cast<std::size_t>(parsed.ptr - line.data()) + 1);
  return into >= 0;
}

// "STARTED RESTARTS WASTED /DIRECTORY"
std::optional<known_contents> to_directory(std::string_view line) {
  known_contents out;
  bool const read = take_number(line, out.started) && take_number(line, out.restarts) && take_number(line, out.wasted);
  if (!read || !line.starts_with('/')) return std::nullopt;
  out.directory = line;
  return out;
}

// "MEMORY SHA256 NAME"
void take_script(std::string_view line, known_contents& into) {
  known_script script;
  if (!take_number(line, script.memory) || line.size() < digits + 2 || line[digits] != ' ') return;
  script.sha256 = line.substr(0, digits);
  into.scripts[into.directory + "/" + std::string(line.substr(digits + 1))] = std::move(script);
}

// A script's line begins with a space, which tells it from a directory's.
std::string text_of(known_contents const& of) {
  std::string text = std::to_string(of.started) + " " + std::to_string(of.restarts) + " " + std::to_string(of.wasted) +
                     " " + of.directory + "\n";
  for (auto const& [path, script] : of.scripts) {
    if (path.find('\n') != std::string::npos) continue;
    text +=
        " " + std::to_string(script.memory) + " " + script.sha256 + " " + path.substr(of.directory.size() + 1) + "\n";
  }
  return text;
}

}  // namespace

bool known_contents::still_has(selection const& now, std::string const& path) const {
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

bool known_contents::has_same_bytes(std::string const& path) const {
  auto const known = scripts.find(path);
  return known != scripts.end() && hash_of(path) == known->second.sha256;
}

std::optional<known_contents> look_at_contents(selection const& now, std::string const& directory,
                                               std::function<bool(std::string const& path)> const& is_as_cached) {
  if (now.validates_timestamps || !now.state.counts || !now.state.memory) return std::nullopt;
  known_contents out{
      directory, now.state.counts->start_time, releases::restarts(*now.state.counts), now.state.memory->wasted, {}};
  for (selected_script const& script : now.scripts) {
    if (!script.valid || !script.path.starts_with(directory + "/") || !is_as_cached(script.path)) continue;
    std::string hash = hash_of(script.path);
    if (!hash.empty() && is_as_cached(script.path)) out.scripts[script.path] = {script.memory, std::move(hash)};
  }
  return out;
}

std::vector<known_contents> read_contents(int directory, std::string const& name) {
  std::vector<known_contents> out;
  std::string const text = read_kept(directory, file_for(name), most_kept);
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view line = take_line(rest);
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

// Who knows a hash can try what a password in the file may be, so others cannot read it. The link has moved by now:
// that nothing could be kept of it is no reason to fail.
bool keep_contents(int directory, std::string const& name, std::vector<known_contents> const& all) {
  try {
    std::string text;
    for (known_contents const& each : all) {
      if (each.directory.find('\n') == std::string::npos) text += text_of(each);
    }
    return text.size() <= most_kept && keep(directory, file_for(name), text, 0600);
  } catch (std::exception const&) {
    return false;
  }
}

}  // namespace cachetool::releases
