#pragma once

/// The PHP agent and the call around it: how to ask it, and how to read its answer.
/// It uses no sockets and no files. docs/developers/agent.md describes both directions.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/php/value.hpp>

#include "agent/operations.hpp"

namespace cachetool::agent {

/// True if the text, the beginning of a file, is that of an agent of this or another version. No other file begins so.
bool begins_an_agent(std::string_view text) noexcept;

/// One operation to run, "opcache.reset".
struct call {
  std::string operation;
  php::value arguments;  ///< an array; null for none

  /// Running it twice does no harm, so it may be sent again if the connection broke.
  bool idempotent = true;

  /// How long to wait for the answer; not set: the adapter's own limit.
  std::optional<std::chrono::milliseconds> timeout;

  /// Receives the rows of a streamed answer, as they come, in the form that the operation documents.
  std::function<void(std::string_view rows)> rows;

  /// Receives what the operation prints, if it runs somebody else's code. The text comes as it is printed, except for a
  /// few last bytes that may still belong to the answer.
  std::function<void(std::string_view text)> printed;
};

/// The error (disabled) for a function that the agent calls and a pool disables, if this text of PHP's is about one.
std::optional<error> undefined_function(std::string_view text);

/// A warning, notice or deprecation that PHP raised during the call.
struct note {
  std::int64_t level = 0;  ///< PHP's E_ constant
  std::string message;
  std::string file;
  std::int64_t line = 0;
};

/// The message and where it was raised: "Undefined variable $a (/srv/x.php:3)", or "... (line 1 of the code)" for
/// php.eval.
std::string describe(note const& what);

/// What the agent answered.
struct answer {
  php::value result;
  std::vector<note> notes;
  std::string php_version;
  std::string pool;      ///< empty if PHP cannot tell: no /proc, or open_basedir forbids it
  std::int64_t pid = 0;  ///< the worker that ran the call
};

/// The FastCGI parameters of a call, with a new nonce, and its body.
struct encoded_call {
  std::vector<std::pair<std::string, std::string>> params;
  std::string body;
  std::string nonce;
};
encoded_call encode(call const& what);

/// Finds the pieces of an answer among whatever else is printed around them. Streamed rows take constant memory.
class answer_reader {
 public:
  using text_sink = std::function<void(std::string_view)>;

  /// `rows` receives streamed rows, `printed` what is printed between the pieces. Both may be empty.
  answer_reader(std::string nonce, text_sink rows, text_sink printed = {});

  /// Takes the next bytes of the body.
  void feed(std::string_view data);

  /// True once the agent said that it runs: later failures are PHP's, not those of the way there.
  [[nodiscard]] bool began() const noexcept { return began_; }

  /// True once rows or text were passed on: repeating the call would pass them on twice.
  [[nodiscard]] bool streamed() const noexcept { return streamed_; }

  /// The first bytes that were printed outside of the pieces: the text of an error page, for instance. Only after the
  /// body has ended.
  [[nodiscard]] std::string foreign() const { return piece_ == 0 ? foreign_ + pending_ : foreign_; }

  /// Passes on what was printed last, once no more will come, even after a broken connection.
  void end();

  /// The answer, after end(). Throws error: what PHP threw (php_error), a fatal error (php_error, memory_limit), a
  /// refusal of the agent (extension_missing, disabled, restricted, opcache_off, usage), or a malformed answer
  /// (protocol). All are of phase::answer.
  [[nodiscard]] answer finish();

  /// What the agent's refusal is about, after finish() has thrown it. For error (restricted): the prefix that
  /// opcache.restrict_api demands of a script's path.
  [[nodiscard]] std::string const& refused_over() const noexcept { return refused_over_; }

 private:
  std::size_t take_header(std::string_view rest);
  std::size_t take_payload(std::string_view rest);
  bool parse_header(std::string_view header);
  void finish_piece();
  void keep_foreign(std::string_view text);
  void require_no_fatal_error() const;
  void require_whole_answer() const;
  [[nodiscard]] answer read_answer();

  std::string marker_;
  text_sink rows_;
  text_sink printed_;
  std::string pending_;  // bytes in which a piece's header may still begin
  std::string payload_;  // of the piece being read, unless it is streamed
  std::string foreign_;
  std::optional<std::string> answer_;
  std::optional<std::string> fatal_;
  std::string refused_over_;
  std::uint64_t missing_ = 0;  // bytes of the payload still to come
  char piece_ = 0;             // type of the piece being read; 0 between pieces
  bool began_ = false;
  bool streamed_ = false;
  bool broken_ = false;
  bool too_large_ = false;
};

}  // namespace cachetool::agent
