#include "doctor/function_checks.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "doctor/advice.hpp"
#include "doctor/text.hpp"

namespace cachetool::doctor {
namespace {

using owner = needed_function::owner;

constexpr std::string_view step = "functions";

constexpr needed_function every(std::string_view name) {
  return {name, owner::php, "no command works"};
}
constexpr needed_function some(std::string_view name) {
  return {name, owner::php, "the commands that call it do not work", level::warning};
}
constexpr needed_function hardly(std::string_view name, std::string_view extension = {}) {
  return {name, owner::php, "every command works without it", level::note, extension};
}

// Each function that the agent calls.
constexpr std::array functions{
    needed_function{"opcache_get_status", owner::opcache, "no command can tell what is in OPcache"},
    needed_function{"opcache_reset", owner::opcache, "opcache:reset does not work"},
    needed_function{"opcache_invalidate", owner::opcache,
                    "opcache:invalidate:scripts, opcache:refresh and deploy:finish do not work"},
    needed_function{"opcache_compile_file", owner::opcache,
                    "opcache:compile:scripts, opcache:refresh and deploy:warm do not work"},
    needed_function{"opcache_get_configuration", owner::opcache, "opcache:configuration does not work"},
    needed_function{"opcache_is_script_cached", owner::opcache, "deploy:finish does not work"},
    needed_function{"apcu_cache_info", owner::apcu, "apcu:cache:info does not work"},
    needed_function{"apcu_sma_info", owner::apcu, "apcu:sma:info does not work"},
    needed_function{"apcu_clear_cache", owner::apcu, "apcu:cache:clear does not work"},
    needed_function{"apcu_exists", owner::apcu, "apcu:key:exists does not work"},
    needed_function{"apcu_fetch", owner::apcu, "apcu:key:fetch does not work"},
    needed_function{"apcu_store", owner::apcu, "apcu:key:store does not work"},
    needed_function{"apcu_delete", owner::apcu, "apcu:key:delete and apcu:regexp:delete do not work"},
    needed_function{"clearstatcache", owner::php, "stat:clear and deploy:finish do not work"},
    needed_function{"realpath_cache_get", owner::php, "stat:realpath_get does not work"},
    needed_function{"realpath_cache_size", owner::php, "stat:realpath_size does not work"},
    needed_function{"file_get_contents", owner::php, "no command that has arguments works"},
    needed_function{"realpath", owner::php, "deploy:finish and opcache:refresh do not work"},
    needed_function{"stat", owner::php, "opcache:refresh, opcache:compile:scripts and deploy:* do not work"},
    needed_function{"getmypid", owner::php, "stat:clear and deploy:finish cannot tell which workers were reached",
                    level::warning},
    needed_function{"ini_get", owner::php, "the settings that follow cannot be checked", level::warning},
    needed_function{"ini_set", owner::php, "files that were just written are not cached by deploy:warm",
                    level::warning},
    needed_function{"putenv", owner::php, "lists of many scripts take longer", level::note},
    every("array_column"),
    every("array_filter"),
    every("array_map"),
    every("array_merge"),
    every("array_values"),
    every("error_get_last"),
    every("extension_loaded"),
    every("fopen"),
    every("function_exists"),
    every("in_array"),
    every("ob_end_clean"),
    every("ob_end_flush"),
    every("ob_get_level"),
    every("ob_start"),
    every("preg_match"),
    every("register_shutdown_function"),
    every("serialize"),
    every("set_error_handler"),
    every("restore_error_handler"),
    every("str_repeat"),
    every("strlen"),
    every("strtr"),
    every("substr"),
    every("unserialize"),
    every("is_string"),
    every("is_array"),
    every("http_response_code"),
    every("method_exists"),
    every("get_class"),
    some("abs"),
    some("array_diff"),
    some("array_diff_key"),
    some("array_flip"),
    some("array_intersect"),
    some("array_keys"),
    some("array_shift"),
    some("array_slice"),
    some("array_splice"),
    some("array_unique"),
    some("arsort"),
    some("basename"),
    some("class_exists"),
    some("count"),
    some("current"),
    some("defined"),
    some("dirname"),
    some("error_clear_last"),
    some("explode"),
    some("file"),
    some("file_exists"),
    some("filectime"),
    some("filemtime"),
    some("fileowner"),
    some("filesize"),
    some("filetype"),
    some("func_get_arg"),
    some("implode"),
    some("interface_exists"),
    some("is_dir"),
    some("is_file"),
    some("is_link"),
    some("is_object"),
    some("is_readable"),
    some("json_last_error_msg"),
    some("key"),
    some("ltrim"),
    some("max"),
    some("microtime"),
    some("php_ini_loaded_file"),
    some("php_ini_scanned_files"),
    some("preg_grep"),
    some("preg_last_error"),
    some("preg_quote"),
    some("reset"),
    some("rmdir"),
    some("round"),
    some("rtrim"),
    some("sort"),
    some("str_replace"),
    some("strncmp"),
    some("strpos"),
    some("strrpos"),
    some("strtolower"),
    some("time"),
    some("trait_exists"),
    some("trim"),
    some("unlink"),
    some("var_export"),
    needed_function{"scandir", owner::php, "deploy:warm and deploy:switch do not work", level::warning},
    needed_function{"token_get_all", owner::php,
                    "files that declare a class are left to their first visitor by the commands that compile",
                    level::warning, "tokenizer"},
    hardly("usleep"),
    hardly("flush"),
    hardly("hash_file"),
    hardly("getenv"),
    hardly("hrtime"),
    hardly("json_encode"),
    hardly("error_reporting"),
    hardly("posix_geteuid", "posix"),
    needed_function{"apcu_enabled", owner::apcu, "every command works without it", level::note}};

bool is_there(subject const& of, owner whose) {
  return whose == owner::php || (whose == owner::opcache ? of.php.has_opcache : of.php.has_apcu);
}

// NAME stands in a list with commas between, which may be quoted.
bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    std::size_t const end = std::min(list.find_first_of(", \"'"), list.size());
    if (list.substr(0, end) == name) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

// What the pool disables comes on top of what the ini files do, and ini_get() does not know it. Nothing where no list
// that can be read names the function.
std::optional<std::string> who_disables(subject const& of, std::string_view name) {
  auto const in_pool = pool_line(of, "php_admin_value[disable_functions]");
  if (in_pool && lists(in_pool->value, name)) return text(*in_pool);
  bool const by_ini = lists(setting(of, "disable_functions").value_or(""), name);
  auto const line = of.php.lines.find("disable_functions");
  if (by_ini && line != of.php.lines.end() && lists(line->second.value, name)) return text(line->second);
  if (by_ini && !of.php.ini_file.empty()) return of.php.ini_file;
  if (by_ini) return "php.ini";
  return std::nullopt;
}

finding missing(subject const& of, needed_function const& which) {
  std::string const name(which.name);
  auto const by = who_disables(of, name);
  std::string const take = "take " + name + " out of disable_functions in " +
                           by.value_or("php.ini or the pool's php_admin_value[disable_functions]") +
                           ", and reload php-fpm";
  if (by || which.extension.empty()) {
    return {step, name, {which.how, name + "() is disabled: " + std::string(which.without), take}};
  }
  std::string const extension(which.extension);
  return {step,
          name,
          {which.how, name + "() is not there: " + std::string(which.without),
           "load the PHP extension " + extension + "; where that is loaded, " + take}};
}

void check_restriction(subject const& of, std::vector<finding>& found) {
  std::string const prefix = shortened(setting(of, "opcache.restrict_api").value_or(""));
  auto const line = line_of(of, "opcache.restrict_api");
  std::string const where = line ? " in " + text(*line) : "";
  if (of.php.restricted) {
    found.push_back({step,
                     "restrict_api",
                     {level::failure, "opcache.restrict_api=" + prefix + " forbids the agent OPcache's functions",
                      "make the directory " + prefix +
                          ", writable for who runs this, and the agent is put there; or empty "
                          "opcache.restrict_api" +
                          where + ", and reload php-fpm"}});
  } else if (!prefix.empty()) {
    found.push_back(
        {step, "restrict_api", {level::ok, "opcache.restrict_api=" + prefix + " lets the agent in, which lies there"}});
  }
}

void check_apcu(subject const& of, std::vector<finding>& found) {
  if (!of.php.has_apcu) {
    found.push_back({step, "apcu", {level::note, "APCu is not loaded: the commands apcu:* have nothing to work on"}});
  } else if (!of.php.apcu_is_on) {
    found.push_back({step,
                     "apcu",
                     {level::note, "APCu is off (apc.enabled=0): the commands apcu:* have nothing to work on",
                      "if it is to be used: " + set_to(of, "apc.enabled", "1")}});
  }
}

}  // namespace

std::span<needed_function const> needed_functions() noexcept {
  return functions;
}

std::vector<finding> check_functions(subject const& of) {
  std::vector<finding> found;
  std::int64_t good = 0;
  for (needed_function const& each : functions) {
    if (!is_there(of, each.of)) continue;
    if (of.php.missing.contains(std::string(each.name))) {
      found.push_back(missing(of, each));
    } else {
      ++good;
    }
  }
  std::string const rest = found.empty() ? " may all be called" : " of those that the commands need may be called";
  found.insert(found.begin(),
               {step, "functions", {level::ok, (found.empty() ? "the " : "") + counted(good, "PHP function") + rest}});
  check_restriction(of, found);
  check_apcu(of, found);
  return found;
}

}  // namespace cachetool::doctor
