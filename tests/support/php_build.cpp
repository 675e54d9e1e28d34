#include "support/php_build.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace cachetool::test {
namespace {

struct package {
  char const* version;
  char const* name;
};

constexpr std::array packages{
    package{"7.4", "amazon-linux-2-v74"},    package{"8.2", "amazon-linux-2-v82"}, package{"8.3", "amazon-linux-2-v83"},
    package{"8.4", "amazon-linux-2023-v84"}, package{"8.5", "almalinux-9-v85"},
};

std::string variable(char const* name, std::string fallback) {
  char const* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : fallback;
}

std::string package_of(std::string const& version) {
  for (auto const& each : packages) {
    if (version == each.version) return each.name;
  }
  throw std::invalid_argument("CACHETOOL_TEST_PHP is " + version + ", and must be one of 7.4 8.2 8.3 8.4 8.5");
}

bool executable(std::string const& path) {
  return access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::vector<std::string> php_build::environment() const {
  std::vector<std::string> result{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  if (!libraries.empty()) result.push_back("LD_LIBRARY_PATH=" + libraries);
  return result;
}

std::string wanted_php() {
  return variable("CACHETOOL_TEST_PHP", "8.2");
}

std::optional<php_build> find_php(std::string const& version) {
  auto const directory = variable("CACHETOOL_TEST_PHP_DIR", CACHETOOL_TEST_PHP_DEFAULT_DIR);
  auto const native = directory + "/@libphp/" + package_of(version) + "/native";
  bool const opcache_built_in = version == "8.5";
  auto const system_fpm = "/usr/sbin/php-fpm" + version;
  if (executable(system_fpm)) return php_build{system_fpm, "/usr/bin/php" + version, "", "", opcache_built_in};
  auto const packaged_fpm = native + "/php/php-fpm";
  if (executable(packaged_fpm)) {
    return php_build{packaged_fpm, native + "/php/php", native + "/lib", native + "/php/modules", opcache_built_in};
  }
  return std::nullopt;
}

}  // namespace cachetool::test
