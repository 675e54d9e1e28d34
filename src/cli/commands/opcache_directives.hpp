#pragma once

#include <string>
#include <string_view>

#include <cachetool/opcache.hpp>

/// What is known of OPcache's settings. Source: php-src ext/opcache/zend_accelerator_module.c, and its manual.
namespace cachetool::cli {

struct directive_facts {
  std::string_view name;
  std::string_view initial;       ///< what PHP takes where no ini file says anything, as directive_text() writes it
  std::string_view newer_from{};  ///< the PHP, "8.4", from which on another value is taken
  std::string_view newer{};       ///< that value
  std::string_view meaning{};     ///< what it does and when to change it, in a sentence or two
};

/// Nothing is known of it: null.
directive_facts const* find_directive(std::string_view name) noexcept;

/// The initial value in that PHP: "8.2.36".
std::string_view initial_value(directive_facts const& of, std::string_view php_version) noexcept;

/// A value of opcache_get_configuration(), as people read it: "128 MiB", "on", "10,000".
std::string directive_text(std::string_view name, php::value const& value);

}  // namespace cachetool::cli
