#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fpm/master.hpp"

namespace cachetool::fpm {

/// A line of a pool's configuration, for a message.
struct setting {
  std::string name;  ///< as in the file: "php_admin_value[open_basedir]"
  directive line;

  /// "/etc/php/8.2/fpm/pool.d/www.conf:41"
  [[nodiscard]] std::string place() const;

  /// "/etc/php/8.2/fpm/pool.d/www.conf:41 (php_admin_value[open_basedir] = /srv)"; a long value is cut.
  [[nodiscard]] std::string text() const;
};

/// Returns the line that sets `name` for a pool: a setting of php-fpm ("listen.mode"), or one of PHP in any of its four
/// forms there. If there are several lines, the one that counts. Nothing if the section does not set it, or the caller
/// may not read it. Source: php-src sapi/fpm/fpm/fpm_php.c, fpm_php_init_child().
std::optional<setting> find_setting(pool const& of, std::string const& name);

}  // namespace cachetool::fpm
