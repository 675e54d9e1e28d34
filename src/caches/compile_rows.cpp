#include "caches/compile_rows.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cachetool::opcache {
namespace {

// The outcomes that opcache_compile.php, opcache_refresh.php, opcache_warm.php, opcache_prune.php and deploy_move.php
// send.
constexpr std::pair<std::string_view, file_outcome> outcomes[] = {
    {"cached", file_outcome::cached},
    {"kept", file_outcome::kept},
    {"not_cached", file_outcome::not_cached},
    {"no_room", file_outcome::no_room},
    {"left", file_outcome::left},
    {"failed", file_outcome::failed},
    {"fatal", file_outcome::failed},
    {"excluded", file_outcome::excluded},
    {"gone", file_outcome::gone},
    {"moved", file_outcome::moved},
    {"elsewhere", file_outcome::elsewhere},
    {"again", file_outcome::again},
    {"served", file_outcome::served},
};

error unreadable_outcome() {
  return error(error_kind::protocol, "what became of a file cannot be read").during(phase::answer);
}

file_outcome outcome_of(std::string_view word) {
  auto const found =
      std::find_if(std::begin(outcomes), std::end(outcomes), [word](auto const& each) { return each.first == word; });
  if (found == std::end(outcomes)) throw unreadable_outcome();
  return found->second;
}

std::string_view level_name(std::int64_t level) {
  constexpr std::int64_t deprecated = 8192;
  constexpr std::int64_t notice = 8;
  return level == deprecated ? "Deprecated" : level == notice ? "Notice" : "Warning";
}

std::string warning_text(php::value const& said) {
  return std::string(level_name(said["0"].as_int())) + ": " + std::string(said["1"].as_string()) + " in " +
         std::string(said["2"].as_string()) + " on line " + std::to_string(said["3"].as_int());
}

}  // namespace

compile_row read_compile_row(std::string_view text) {
  constexpr std::size_t most_values = 1000;  // the agent sends at most twenty warnings, of four values each
  auto const decoded = php::unserialize(text, {.max_values = most_values});
  if (!decoded || decoded->entries().size() < 3) throw unreadable_outcome();
  php::value const& fields = *decoded;
  compile_row out{outcome_of(fields["0"].as_string()),
                  std::string(fields["1"].as_string()),
                  {},
                  std::string(fields["3"].as_string())};
  for (php::entry const& said : fields["2"].entries()) out.warnings.push_back(warning_text(said.item));
  return out;
}

void require_cache(agent::answer const& answer) {
  php::value const& status = answer.result;
  if (status["enabled"].as_bool() || status["unknown"].as_bool()) return;
  throw inactive_error(status["restart_pending"].as_bool());
}

agent::answer run_to_compile(adapter::adapter& php, agent::call const& call, std::size_t const& rows) {
  agent::answer answer = run_past_a_restart(
      php, call, [&rows](php::value const& result) { return rows == 0 && result["restart_pending"].as_bool(); });
  require_cache(answer);
  return answer;
}

bool ends_the_request(error_kind kind) noexcept {
  return kind == error_kind::php_error || kind == error_kind::memory_limit || kind == error_kind::worker_died;
}

php::value list(std::vector<std::string> const& strings) {
  php::array out;
  for (std::string const& text : strings) out.entries.push_back({std::int64_t(out.entries.size()), text});
  return out;
}

}  // namespace cachetool::opcache
