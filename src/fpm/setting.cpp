#include "fpm/setting.hpp"

namespace cachetool::fpm {

std::string setting::place() const {
  return line.file + ":" + std::to_string(line.line);
}

std::string setting::text() const {
  constexpr std::size_t shown = 200;
  if (line.value.empty() && name.find("_flag[") != name.npos) return place() + " (" + name + " = off)";
  std::string const value = line.value.size() > shown ? line.value.substr(0, shown) + "..." : line.value;
  return place() + " (" + name + " = " + value + ")";
}

std::optional<setting> find_setting(pool const& of, std::string const& name) {
  for (char const* const form : {"", "php_admin_flag", "php_admin_value", "php_flag", "php_value"}) {
    std::string const spelled = *form == '\0' ? name : std::string(form) + "[" + name + "]";
    auto const found = of.config.find(spelled);
    if (found != of.config.end()) return setting{spelled, found->second};
  }
  return std::nullopt;
}

}  // namespace cachetool::fpm
