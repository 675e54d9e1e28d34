#pragma once

/// The one exception of both libraries, cachetool::cachetool and cachetool::fastcgi. You decide by kind(), show what()
/// and hint(), and never have to read a message to know what happened:
///
///     try {
///       auto const report = www.opcache_compile({{"/srv/app/index.php", "index.php"}});
///     } catch (cachetool::error const& failed) {
///       if (failed.kind() == cachetool::error_kind::pending) return try_later();
///       std::cerr << failed.endpoint() << ": " << failed.what() << '\n';
///       if (!failed.hint().empty()) std::cerr << "hint: " << failed.hint() << '\n';
///     }

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace cachetool {

/// What went wrong, as one word that a script can branch on. The exit code follows from it (docs/cli.md), and
/// docs/troubleshooting.md tells for each how it is known. Only the program uses `config` and `not_found`.
enum class error_kind : std::uint8_t {
  usage,              ///< what was asked for is wrong: the command line, an address, a regular expression
  config,             ///< the config file is wrong; nothing was sent
  unreachable,        ///< no such socket, nothing listens, the connection was refused or dropped before any answer
  forbidden,          ///< the caller may not connect
  stale,              ///< a socket file that nobody listens on
  timeout,            ///< no connection, or no complete answer, in the time allowed
  interrupted,        ///< the caller asked to stop (a signal)
  not_visible,        ///< php-fpm answered 404: it cannot see the script
  access_denied,      ///< php-fpm answered 403: it may not read the script
  limit_extensions,   ///< php-fpm answered 403: security.limit_extensions
  open_basedir,       ///< php-fpm answered 404: the script lies outside open_basedir
  restricted,         ///< opcache.restrict_api forbids the call
  disabled,           ///< a PHP function is disabled, APCu as a whole is, or the pool fixes a setting that must change
  opcache_off,        ///< OPcache is off, or is a file cache only
  extension_missing,  ///< the PHP extension is not loaded
  not_found,          ///< what was named does not exist
  pending,            ///< OPcache is about to restart, so the call could not be made
  php_error,          ///< PHP ran, and failed
  refused,            ///< it might have done harm, or another php-fpm answered than the one that was meant
  memory_limit,       ///< PHP ran out of memory_limit, or OPcache has no room for what was asked
  worker_died,        ///< the connection closed before the answer was complete
  protocol,           ///< the answer breaks FastCGI, is not the agent's, or is larger than is allowed
  not_fastcgi,        ///< what listens does not speak FastCGI
  placement,          ///< no place was found for the agent
  no_resources        ///< this machine gave no random numbers, socket or whole process table; or the program no thread
};

/// The name of a kind as it stands in JSON output: "unreachable", "not_visible". It lives for ever.
std::string_view name(error_kind kind) noexcept;

/// How far a call had come when it failed.
enum class phase : std::uint8_t {
  prepare,  ///< nothing was sent yet: arguments, the request itself
  resolve,  ///< looking up a host name
  connect,  ///< opening the connection
  send,     ///< writing the request
  receive,  ///< waiting for the answer, or reading it
  answer    ///< the answer is complete: php-fpm did not run the agent, or kind() tells what PHP answered
};

/// The name of a phase: "connect". It lives for ever.
std::string_view name(phase value) noexcept;

/// What a failure comes from, as far as that is known, for whoever wants to act on it: no text has to be read for that.
enum class blame : std::uint8_t {
  unknown,
  setting,       ///< of PHP or php-fpm: "opcache.enable", "listen.allowed_clients"
  function,      ///< a PHP function that may not be called: "opcache_reset"
  empty_answer,  ///< php-fpm ran something, and nothing came back
  whole_command  ///< the time that all calls of a command have together is over
};

/// The one exception of both libraries. Catch this, and ask it what decides your next step.
///
/// It owns its texts: what the readers return lives as long as the error, so copy what you keep. You may copy an error
/// and hand it to another thread. Several threads may read one error; a setter needs it for itself.
class error : public std::exception {
 public:
  error(error_kind kind, std::string message);

  // Not inline: errors are made in most files, and four strings are taken apart wherever one may be thrown.
  error(error const&);
  error(error&&) noexcept;
  error& operator=(error const&);
  error& operator=(error&&) noexcept;
  ~error() override;

  /// What could not be done and why, in one line without a final period; the endpoint is not repeated in it. It may
  /// quote what a server sent: take control bytes out before you show it on a terminal.
  [[nodiscard]] char const* what() const noexcept override { return message_.c_str(); }

  /// The same text as a string, whole even if it holds a NUL byte.
  [[nodiscard]] std::string const& message() const noexcept { return message_; }

  /// What went wrong. Branch on this.
  [[nodiscard]] error_kind kind() const noexcept { return kind_; }

  /// How far the call had come.
  [[nodiscard]] phase at() const noexcept { return phase_; }

  /// The endpoint the call was for, as endpoint::text() spells it; empty if it failed before there was one.
  [[nodiscard]] std::string const& endpoint() const noexcept { return endpoint_; }

  /// What the user can do about it, in one line; empty if there is nothing better to say than the message. It may name
  /// options of the program.
  [[nodiscard]] std::string const& hint() const noexcept { return hint_; }

  /// True if the call failed on its way and a worker may have begun to run it: sending it again may do it twice. It is
  /// false for what the agent answered, where kind() tells that PHP ran.
  [[nodiscard]] bool may_have_run() const noexcept { return may_have_run_; }

  /// What it comes from; unknown unless whoever threw it knew.
  [[nodiscard]] blame blamed() const noexcept { return blamed_; }

  /// The name of that setting or function; empty for everything else.
  [[nodiscard]] std::string const& blamed_name() const noexcept { return blamed_name_; }

  /// The same failure in other words: kind, phase, endpoint and what is to blame stay. This error does not change.
  [[nodiscard]] error in_words(std::string message, std::string hint) const;

  // Setters, for whoever throws. Each returns *this, so that an error reads as one expression:
  //   throw error(error_kind::timeout, "no answer").during(phase::receive).advise("allow more time");
  error& during(phase value) noexcept { return phase_ = value, *this; }
  error& on(std::string endpoint);
  error& advise(std::string hint);
  error& blame_on(blame what, std::string name = {});
  error& may_have_run(bool value) noexcept { return may_have_run_ = value, *this; }

 private:
  std::string message_;
  std::string endpoint_;
  std::string hint_;
  std::string blamed_name_;
  error_kind kind_;
  phase phase_ = phase::prepare;
  blame blamed_ = blame::unknown;
  bool may_have_run_ = false;
};

}  // namespace cachetool
