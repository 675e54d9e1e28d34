#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/adapter.hpp"
#include "caches/opcache_answer.hpp"

/// What the operations that compile files send and stream.
namespace cachetool::opcache {

/// What an operation says of one file. No operation uses all of these.
enum class file_outcome : std::uint8_t {
  cached,      ///< the cache has it as its file is
  kept,        ///< it was in the cache already, and stays as it was
  not_cached,  ///< it compiled, but PHP did not keep it
  no_room,     ///< not compiled, because it would have filled the cache
  left,        ///< left to its first visitor, because PHP would compile it differently here
  failed,      ///< it did not compile, or could not be worked on
  excluded,    ///< the caller leaves out this name
  gone,        ///< there is no such file, and the cache no longer has anything of it
  moved,       ///< the name leads to the live release now
  elsewhere,   ///< the name leads there already
  again,       ///< nothing was decided yet; ask once more
  served       ///< a name that visitors use still leads to it
};

/// The agent's result for one file.
struct compile_row {
  file_outcome outcome = file_outcome::failed;
  std::string why;
  std::vector<std::string> warnings;  ///< what PHP said: "Deprecated: ... in /srv/a.php on line 3"
  std::string look;                   ///< how the file looked, to notice a change; not every operation sends it
};

/// The same in the words of a command that compiles files: `done` if the cache has the file as it is.
template <typename Outcome>
Outcome outcome_of_compiling(file_outcome what, Outcome done) noexcept {
  switch (what) {
    case file_outcome::cached:
      return done;
    case file_outcome::not_cached:
      return Outcome::not_cached;
    case file_outcome::no_room:
      return Outcome::no_room;
    case file_outcome::left:
      return Outcome::left;
    default:
      return Outcome::failed;
  }
}

/// Throws error (protocol) if the text is not a row, or names an unknown outcome.
compile_row read_compile_row(std::string_view text);

/// Throws error (pending, opcache_off) if nothing was compiled because OPcache would have kept nothing.
void require_cache(agent::answer const& answer);

/// Runs a call, whose rows the caller counts in `rows`. Repeats it, for a second or somewhat more, while somebody
/// else's restart of OPcache keeps it from doing anything. Throws what require_cache() and the adapter throw.
agent::answer run_to_compile(adapter::adapter& php, agent::call const& call, std::size_t const& rows);

/// True if the file that was being compiled may be to blame.
bool ends_the_request(error_kind kind) noexcept;

/// A PHP array of strings.
php::value list(std::vector<std::string> const& strings);

}  // namespace cachetool::opcache
