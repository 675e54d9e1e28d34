#include "caches/script_selection.hpp"

#include <algorithm>

#include "base/mebibytes.hpp"
#include "base/path.hpp"
#include "caches/compile_rows.hpp"
#include "caches/figures.hpp"
#include "caches/rows.hpp"

namespace cachetool::opcache {
namespace {

using base::mebibytes;

constexpr std::size_t most_selected = 1000;          // in one request
constexpr std::size_t most_path_bytes = 128 * 1024;  // of their paths

// Each restart sets last_restart_time to the current second, or to the last one plus one if that is not later. So it is
// ahead of the clock by at most as many seconds as there were other restarts.
std::int64_t last_emptied(statistics const& counts) {
  std::int64_t const restarts = counts.oom_restarts + counts.hash_restarts + counts.manual_restarts;
  return std::max(counts.start_time, counts.last_restart_time - std::max<std::int64_t>(restarts - 1, 0));
}

// The files of opcache.file_cache outlive every restart. A time in the future means that the clock was set back.
std::int64_t cached_at(script_selection const& in, std::int64_t known) {
  bool const emptied = in.state.file_cache.empty() && in.state.counts;
  std::int64_t const at = std::max(emptied ? last_emptied(*in.state.counts) : 0, known);
  return at <= in.now ? at : 0;
}

file_state to_state(char letter) {
  switch (letter) {
    case 'u':
      return file_state::unchanged;
    case 'c':
      return file_state::changed;
    case 'g':
      return file_state::gone;
    case 'h':
      return file_state::hidden;
    default:
      throw error(error_kind::protocol, "what became of the files cannot be read");
  }
}

std::size_t one_request(std::span<known_file const> files) {
  std::size_t count = 0;
  for (std::size_t bytes = 0; count < std::min(files.size(), most_selected) && bytes < most_path_bytes; ++count) {
    bytes += files[count].path.size();
  }
  return count;
}

php::value to_value(std::span<known_file const> files) {
  php::array out;
  for (known_file const& file : files) {
    php::array fields;
    for (php::value const& field :
         {php::value(file.path), php::value(file.cached_at), php::value(file.timestamp), php::value(file.look)}) {
      fields.entries.push_back({std::int64_t(fields.entries.size()), field});
    }
    out.entries.push_back({std::int64_t(out.entries.size()), std::move(fields)});
  }
  return out;
}

// What is short should be raised. A reset helps only if there is waste to give back.
std::string advice_for_room(script_selection const& in, bool is_memory) {
  std::int64_t const wasted = in.state.memory ? in.state.memory->wasted : 0;
  std::string const raise = is_memory ? "opcache.memory_consumption" : "opcache.max_accelerated_files";
  if (wasted < 1 << 20) return "raise " + raise + " in php.ini, and reload php-fpm";
  return "a reset gives back the " + mebibytes(wasted) +
         " that are wasted: cachetool opcache:reset. For more room raise " + raise;
}

}  // namespace

script_selection select(adapter::adapter& php, std::vector<std::string> const& names) {
  struct row {
    selected_script script;
    std::int64_t revalidate;
  };
  std::vector<row> rows;
  agent::call call = ask("opcache.select", {{"names", list(names)}});
  caches::row_counter counter;
  call.rows = [&](std::string_view text) {
    while (!text.empty()) {
      std::int64_t numbers[4];
      std::string_view const path = caches::take_row(text, numbers);
      counter.count(path);
      rows.push_back(
          {{std::string(path), caches::script_memory(numbers[0]), numbers[1], 0, numbers[3] != 0}, numbers[2]});
    }
  };
  agent::answer const answer = run_past_a_restart(php, call, [](php::value const& result) {
    return !result["listed"].as_bool() && result["restart_pending"].as_bool();
  });
  require_listing(answer);
  php::value const& v = answer.result;
  script_selection out;
  out.from = from(answer);
  for (php::entry const& name : v["names"].entries()) out.names.emplace_back(name.item.as_string());
  if (out.names.size() != names.size()) throw error(error_kind::protocol, "a path is missing in the answer");
  for (php::entry const& name : v["missing"].entries()) out.missing.emplace_back(name.item.as_string());
  out.now = caches::count_in(v["now"]);
  out.frozen = v["frozen"].as_string();
  out.validates_timestamps = v["validate_timestamps"].as_bool();
  out.max_wasted_percentage = std::clamp<std::int64_t>(v["max_wasted_percentage"].as_int(), 0, 100);
  out.state = to_status(answer);
  out.state.raw = {};
  for (php::entry const& path : v["preloaded"].entries()) out.preloaded.emplace_back(path.item.as_string());
  std::sort(out.preloaded.begin(), out.preloaded.end());
  for (row& each : rows) {
    each.script.cached_at = cached_at(out, each.revalidate - caches::count_in(v["revalidate_freq"]));
    out.scripts.push_back(std::move(each.script));
  }
  rows = {};
  out.keeps_times = v["keeps_times"].as_bool() || std::any_of(out.scripts.begin(), out.scripts.end(),
                                                              [](auto const& each) { return each.timestamp > 0; });
  std::sort(out.scripts.begin(), out.scripts.end(), [](auto const& a, auto const& b) { return a.path < b.path; });
  return out;
}

selected_script const* find(script_selection const& in, std::string const& path) noexcept {
  auto const at = std::lower_bound(in.scripts.begin(), in.scripts.end(), path,
                                   [](auto const& script, std::string const& name) { return script.path < name; });
  return at != in.scripts.end() && at->path == path ? &*at : nullptr;
}

bool is_preloaded(script_selection const& in, std::string const& path) {
  return std::binary_search(in.preloaded.begin(), in.preloaded.end(), path);
}

bool is_in_phar(std::string_view path) noexcept {
  return path.starts_with("phar:///");
}

bool at_or_below(std::string_view path, std::string_view directory) noexcept {
  if (is_in_phar(path)) path.remove_prefix(std::string_view("phar://").size());
  return base::lies_in(path, directory);
}

std::vector<file_state> examine(adapter::adapter& php, std::vector<known_file> const& files,
                                bool validates_timestamps) {
  std::vector<file_state> states;
  while (states.size() < files.size()) {
    auto const left = std::span(files).subspan(states.size());
    auto const part = left.first(one_request(left));
    agent::answer const answer =
        php.run(ask("opcache.examine", {{"files", to_value(part)}, {"validate_timestamps", validates_timestamps}}));
    std::string_view const letters = answer.result.as_string();
    if (letters.empty() || letters.size() > part.size()) {
      throw error(error_kind::protocol, "what became of the files is missing");
    }
    for (char const letter : letters) states.push_back(to_state(letter));
  }
  return states;
}

bool restarted(status const& before, status const& after) noexcept {
  if (!before.counts || !after.counts) return before.counts.has_value() != after.counts.has_value();
  auto const restarts = [](statistics const& of) { return of.oom_restarts + of.hash_restarts + of.manual_restarts; };
  return before.counts->start_time != after.counts->start_time || restarts(*before.counts) != restarts(*after.counts);
}

std::int64_t anew(std::int64_t bytes) noexcept {
  return bytes > 0 ? bytes + bytes / 10 + (1 << 20) : 0;  // code and its strings grow
}

void require_room(script_selection const& in, std::int64_t bytes, std::int64_t keys, std::string const& what) {
  std::int64_t const free = in.state.memory ? in.state.memory->free : 0;
  std::int64_t const free_keys = in.state.counts ? in.state.counts->max_keys - in.state.counts->keys : 0;
  std::int64_t const needed = anew(bytes);
  if (free >= needed && free_keys >= keys && !in.state.cache_full) return;
  bool const is_memory = free < needed;
  std::string const why =
      is_memory          ? mebibytes(needed) + " are needed, and " + mebibytes(free) + " are free"
      : free_keys < keys ? std::to_string(keys) + " keys are needed, and " + std::to_string(free_keys) + " are free"
                         : "the cache is full";
  throw error(error_kind::memory_limit, "OPcache has no room to " + what + ": " + why + "; nothing was done")
      .advise(advice_for_room(in, is_memory || free_keys >= keys));
}

}  // namespace cachetool::opcache
