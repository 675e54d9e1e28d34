#include <cachetool/error.hpp>

#include <utility>

namespace cachetool {

std::string_view name(error_kind kind) noexcept {
  switch (kind) {
    case error_kind::usage:
      return "usage";
    case error_kind::config:
      return "config";
    case error_kind::unreachable:
      return "unreachable";
    case error_kind::forbidden:
      return "forbidden";
    case error_kind::stale:
      return "stale";
    case error_kind::timeout:
      return "timeout";
    case error_kind::interrupted:
      return "interrupted";
    case error_kind::not_visible:
      return "not_visible";
    case error_kind::access_denied:
      return "access_denied";
    case error_kind::limit_extensions:
      return "limit_extensions";
    case error_kind::open_basedir:
      return "open_basedir";
    case error_kind::restricted:
      return "restricted";
    case error_kind::disabled:
      return "disabled";
    case error_kind::opcache_off:
      return "opcache_off";
    case error_kind::extension_missing:
      return "extension_missing";
    case error_kind::not_found:
      return "not_found";
    case error_kind::pending:
      return "pending";
    case error_kind::php_error:
      return "php_error";
    case error_kind::refused:
      return "refused";
    case error_kind::memory_limit:
      return "memory_limit";
    case error_kind::worker_died:
      return "worker_died";
    case error_kind::protocol:
      return "protocol";
    case error_kind::not_fastcgi:
      return "not_fastcgi";
    case error_kind::placement:
      return "placement";
    case error_kind::no_resources:
      return "no_resources";
  }
  return "unknown";
}

std::string_view name(phase value) noexcept {
  switch (value) {
    case phase::prepare:
      return "prepare";
    case phase::resolve:
      return "resolve";
    case phase::connect:
      return "connect";
    case phase::send:
      return "send";
    case phase::receive:
      return "receive";
    case phase::answer:
      return "answer";
  }
  return "unknown";
}

error::error(error_kind kind, std::string message) : message_(std::move(message)), kind_(kind) {}

error::error(error const&) = default;
error::error(error&&) noexcept = default;
error& error::operator=(error const&) = default;
error& error::operator=(error&&) noexcept = default;
error::~error() = default;

error& error::on(std::string endpoint) {
  endpoint_ = std::move(endpoint);
  return *this;
}

error& error::advise(std::string hint) {
  hint_ = std::move(hint);
  return *this;
}

error& error::blame_on(blame what, std::string name) {
  blamed_ = what;
  blamed_name_ = std::move(name);
  return *this;
}

error error::in_words(std::string message, std::string hint) const {
  error same = *this;
  same.message_ = std::move(message);
  same.hint_ = std::move(hint);
  return same;
}

}  // namespace cachetool
