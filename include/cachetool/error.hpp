#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace cachetool {

/// What went wrong, as one word that a script can branch on. The exit code follows from it (docs/cli.md).
enum class error_kind : std::uint8_t {
  usage,              ///< the command line is wrong, or the target is ambiguous; nothing was sent
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
  disabled,           ///< a PHP function is disabled, or APCu as a whole
  opcache_off,        ///< OPcache is off, or is a file cache only
  extension_missing,  ///< the PHP extension is not loaded
  not_found,          ///< what was named does not exist
  pending,            ///< OPcache is about to restart, so the call could not be made
  php_error,          ///< PHP ran, and failed
  refused,            ///< nothing was done, because it might have done harm
  memory_limit,       ///< PHP ran out of memory_limit
  worker_died,        ///< the connection closed in the middle of an answer
  protocol,           ///< the answer breaks FastCGI, or is not the agent's
  not_fastcgi,        ///< what listens does not speak FastCGI
  placement,          ///< no place was found for the agent
  no_resources        ///< this side has no thread, no descriptor or no memory left for it
};

/// The name of a kind as it stands in JSON output: "unreachable", "not_visible".
std::string_view name(error_kind kind) noexcept;

/// How far a call had come when it failed.
enum class phase : std::uint8_t {
  prepare,  ///< nothing was sent yet: arguments, the request itself
  resolve,  ///< looking up a host name
  connect,  ///< opening the connection
  send,     ///< writing the request
  receive,  ///< waiting for the answer, or reading it
  answer    ///< the answer is complete, but is not what was asked for
};

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
class error : public std::exception {
 public:
  error(error_kind kind, std::string message);

  // Not inline: errors are made in most files, and four strings are taken apart wherever one may be thrown.
  error(error const&);
  error(error&&) noexcept;
  error& operator=(error const&);
  error& operator=(error&&) noexcept;
  ~error() override;

  /// What could not be done and why, in one line without a final period; the endpoint is not repeated in it.
  [[nodiscard]] char const* what() const noexcept override { return message_.c_str(); }
  [[nodiscard]] std::string const& message() const noexcept { return message_; }
  [[nodiscard]] error_kind kind() const noexcept { return kind_; }
  [[nodiscard]] phase at() const noexcept { return phase_; }

  /// The endpoint the call was for, as endpoint::text() spells it; empty if it failed before there was one.
  [[nodiscard]] std::string const& endpoint() const noexcept { return endpoint_; }

  /// What the user can do about it, in one line; empty if there is nothing better to say than the message.
  [[nodiscard]] std::string const& hint() const noexcept { return hint_; }

  /// True if a worker may have begun to run the request: sending it again may do it twice.
  [[nodiscard]] bool may_have_run() const noexcept { return may_have_run_; }

  /// What it comes from; unknown unless whoever threw it knew.
  [[nodiscard]] blame blamed() const noexcept { return blamed_; }

  /// The name of that setting or function; empty for everything else.
  [[nodiscard]] std::string const& blamed_name() const noexcept { return blamed_name_; }

  /// The same failure in other words: kind, phase, endpoint and what is to blame stay.
  [[nodiscard]] error in_words(std::string message, std::string hint) const;

  // Each returns *this, so that an error reads as one expression where it is thrown.
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
