#include "advice/remedy.hpp"

#include <algorithm>
#include <charconv>

#include "advice/figures.hpp"
#include "fpm/setting.hpp"

namespace cachetool::advice {
namespace {

constexpr std::string_view reload = ", and reload php-fpm";

// PHP turns names of switches into numbers: "On" in a file is "1" when it was read.
bool means_the_same(std::string_view written, std::string_view value) {
  written = written.substr(0, written.find(';'));
  while (written.ends_with(' ')) written.remove_suffix(1);
  if (written.size() > 1 && written.front() == '"' && written.ends_with('"')) {
    written = written.substr(1, written.size() - 2);
  }
  if (written == value) return true;
  return (value == "1" && is_on(written)) || ((value.empty() || value == "0") && !is_on(written));
}

std::optional<fpm::directive> find(std::map<std::string, fpm::directive> const& lines, std::string const& name) {
  auto const found = lines.find(name);
  return found == lines.end() ? std::nullopt : std::optional(found->second);
}

std::optional<fpm::setting> set_by_pool(subject const& of, std::string const& name) {
  fpm::pool const* const pool = pool_of(of);
  return pool == nullptr ? std::nullopt : fpm::find_setting(*pool, name);
}

std::string set(std::string const& assignment, std::optional<fpm::directive> const& line,
                std::string const& otherwise) {
  return "set " + assignment + " in " + (line ? text(*line) : otherwise) + std::string(reload);
}

}  // namespace

std::string command(subject const& of, std::string const& words) {
  return "cachetool " + words + of.options;
}

std::optional<std::string> setting(subject const& of, std::string const& name) {
  auto const found = of.php.settings.find(name);
  return found == of.php.settings.end() ? std::nullopt : std::optional(found->second);
}

bool is_set(subject const& of, std::string const& name) {
  auto const value = setting(of, name);
  return value && is_on(*value);
}

bool is_unset(subject const& of, std::string const& name) {
  auto const value = setting(of, name);
  return value && !is_on(*value);
}

std::optional<std::int64_t> number(subject const& of, std::string const& name) {
  auto const value = setting(of, name);
  if (!value) return std::nullopt;
  std::int64_t parsed = 0;
  std::from_chars(value->data(), value->data() + value->size(), parsed);
  return parsed;
}

std::optional<fpm::directive> line_of(subject const& of, std::string const& name) {
  if (auto const found = set_by_pool(of, name)) return found->line;
  auto const line = find(of.php.lines, name);
  return line && line->line > 0 && means_the_same(line->value, setting(of, name).value_or("")) ? line : std::nullopt;
}

std::string text(fpm::directive const& line) {
  return line.file + ":" + std::to_string(line.line);
}

std::string set_to(subject const& of, std::string const& name, std::string const& value) {
  std::string const ini = of.php.ini_file.empty() ? "the php.ini that this PHP reads" : of.php.ini_file;
  if (auto const found = set_by_pool(of, name)) return set(found->name + " = " + value, found->line, ini);
  return set(name + "=" + value, line_of(of, name), ini);
}

std::string either(std::string const& one, std::string const& other) {
  return one + (one.empty() || other.empty() ? "" : "; ") + other;
}

std::optional<fpm::directive> pool_line(subject const& of, std::string const& name) {
  fpm::pool const* const pool = pool_of(of);
  return pool == nullptr ? std::nullopt : find(pool->config, name);
}

std::optional<fpm::directive> global_line(subject const& of, std::string const& name) {
  return of.host ? find(of.host->master.global, name) : std::nullopt;
}

std::string set_in_pool(subject const& of, std::string const& name, std::string const& value) {
  return set(name + " = " + value, pool_line(of, name), "the pool's configuration");
}

std::string set_in_global(subject const& of, std::string const& name, std::string const& value) {
  std::string const file = of.host ? of.host->master.config : "";
  return set(name + " = " + value, global_line(of, name),
             "the section [global] of " + (file.empty() ? "php-fpm.conf" : file));
}

}  // namespace cachetool::advice
