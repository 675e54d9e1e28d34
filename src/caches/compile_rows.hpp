#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapter/adapter.hpp"
#include "caches/opcache_answer.hpp"

/// What the operations that compile files send and stream.
namespace cachetool::opcache {

/// What became of one file, as the agent tells it.
struct compile_row {
  std::string outcome;  ///< a word of the operation's: "cached", "failed"
  std::string why;
  std::vector<std::string> warnings;  ///< what PHP said: "Deprecated: ... in /srv/a.php on line 3"
  std::string look;                   ///< of the file, by which a change is noticed; not from every operation
};

/// Throws error (protocol) if TEXT is no row.
compile_row read_compile_row(std::string_view text);

/// Throws error (pending, opcache_off) if nothing was compiled because nothing would have been kept.
void require_cache(agent::answer const& answer);

/// Runs CALL, whose rows the caller counts in ROWS; again, for a second or somewhat more, while a restart of OPcache
/// that somebody else asked for kept it from any. Throws as require_cache() and the adapter do.
agent::answer run_to_compile(adapter::adapter& php, agent::call const& call, std::size_t const& rows);

/// True if the file that was being compiled may be at fault.
bool ends_the_request(error_kind kind) noexcept;

/// A PHP array of strings.
php::value list(std::vector<std::string> const& strings);

}  // namespace cachetool::opcache
