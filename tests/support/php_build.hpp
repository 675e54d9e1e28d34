#pragma once

#include <optional>
#include <string>
#include <vector>

namespace cachetool::test {

/// One PHP that can be run on this machine.
struct php_build {
  std::string fpm;                ///< path of php-fpm
  std::string cli;                ///< path of php, which may be missing
  std::string libraries;          ///< LD_LIBRARY_PATH that it needs; empty for the system's
  std::string modules;            ///< extension_dir; empty if the built-in one is right
  bool opcache_built_in = false;  ///< since PHP 8.5
  std::vector<std::string> environment() const;
};

/// "7.4", "8.2", "8.3", "8.4" or "8.5", from CACHETOOL_TEST_PHP; 8.2 without it.
std::string wanted_php();

/// That PHP: the system's php-fpm where it has this version, else the npm package in CACHETOOL_TEST_PHP_DIR.
/// Nothing if there is neither.
std::optional<php_build> find_php(std::string const& version);

}  // namespace cachetool::test
