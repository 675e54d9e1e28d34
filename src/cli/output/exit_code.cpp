#include "cli/output/exit_code.hpp"

namespace cachetool::cli {

exit_code exit_code_for(error_kind kind) noexcept {
  switch (kind) {
    case error_kind::usage:
    case error_kind::config:
      return exit_code::usage;
    case error_kind::unreachable:
    case error_kind::forbidden:
    case error_kind::stale:
      return exit_code::unreachable;
    case error_kind::timeout:
      return exit_code::timed_out;
    case error_kind::interrupted:
      return exit_code::interrupted_by;
    case error_kind::not_visible:
    case error_kind::access_denied:
    case error_kind::limit_extensions:
    case error_kind::open_basedir:
    case error_kind::worker_died:
    case error_kind::protocol:
    case error_kind::not_fastcgi:
    case error_kind::placement:
    case error_kind::no_resources:
      return exit_code::agent_not_run;
    case error_kind::restricted:
    case error_kind::disabled:
    case error_kind::opcache_off:
    case error_kind::extension_missing:
    case error_kind::not_found:
    case error_kind::pending:
    case error_kind::php_error:
    case error_kind::refused:
    case error_kind::memory_limit:
      return exit_code::refused;
  }
  return exit_code::agent_not_run;
}

}  // namespace cachetool::cli
