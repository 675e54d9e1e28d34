#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/adapter.hpp"
#include "caches/opcache_answer.hpp"

/// What the operations that compile files send and stream.
namespace cachetool::opcache {

/// What the operations that work on one file after the other say of each. No operation says all of it.
enum class file_outcome : std::uint8_t {
  cached,      ///< it is in the cache as its file is
  kept,        ///< it was in the cache already, and stays there as it was
  not_cached,  ///< it compiled, but PHP did not keep it
  no_room,     ///< not compiled, because the cache would have been full with it
  left,        ///< left to its first visitor, because PHP would compile it otherwise than for a visitor
  failed,      ///< it did not compile, or could not be worked on
  excluded,    ///< its name is one that the caller leaves out
  gone,        ///< there is no such file, and the cache has nothing of it any more
  moved,       ///< the name leads to the live release now
  elsewhere,   ///< the name leads there already
  again,       ///< nothing has come of it yet: to be asked for once more
  served       ///< a name that visitors use leads to it yet
};

/// What became of one file, as the agent tells it.
struct compile_row {
  file_outcome outcome = file_outcome::failed;
  std::string why;
  std::vector<std::string> warnings;  ///< what PHP said: "Deprecated: ... in /srv/a.php on line 3"
  std::string look;                   ///< of the file, by which a change is noticed; not from every operation
};

/// Throws error (protocol) if TEXT is no row, or tells of an outcome that there is not.
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
