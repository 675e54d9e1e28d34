#include "doctor/function_checks.hpp"

#include <algorithm>
#include <optional>

#include "advice/figures.hpp"
#include "advice/remedy.hpp"
#include "agent/operations.hpp"
#include "agent/php_parts.hpp"
#include "base/text.hpp"

namespace cachetool::doctor {
namespace {

using advice::shortened;
using advice::text;

using owner = needed_function::owner;

constexpr std::string_view step = "functions";

// Plain texts: nothing is made of them at the start of a command that does not ask.
struct known_function {
  std::string_view name;
  owner of;
  std::string_view without;
  level how = level::failure;
  std::string_view extension{};
};

// Functions of which more is known than the commands that call them.
constexpr known_function known_functions[] = {
    {"apcu_cache_info", owner::apcu, "apcu:cache:info does not work"},
    {"apcu_clear_cache", owner::apcu, "apcu:cache:clear does not work"},
    {"apcu_delete", owner::apcu, "apcu:key:delete and apcu:regexp:delete do not work"},
    {"apcu_enabled", owner::apcu, "every command works without it", level::note},
    {"apcu_exists", owner::apcu, "apcu:key:exists does not work"},
    {"apcu_fetch", owner::apcu, "apcu:key:fetch does not work"},
    {"apcu_sma_info", owner::apcu, "apcu:sma:info does not work"},
    {"apcu_store", owner::apcu, "apcu:key:store does not work"},
    {"clearstatcache", owner::php, "stat:clear and deploy:finish do not work"},
    {"error_reporting", owner::php, "every command works without it", level::note},
    {"file_get_contents", owner::php, "no command that has arguments works"},
    {"flush", owner::php, "every command works without it", level::note},
    {"fpm_get_status", owner::fpm, "fpm:status and fpm:workers do not work", level::note},
    {"getenv", owner::php, "every command works without it", level::note},
    {"getmypid", owner::php, "stat:clear and deploy:finish cannot tell which workers were reached", level::warning},
    {"hash_file", owner::php, "every command works without it", level::note},
    {"hrtime", owner::php, "every command works without it", level::note},
    {"ini_get", owner::php, "the settings that follow cannot be checked", level::warning},
    {"ini_set", owner::php, "files that were just written are not cached by deploy:warm", level::warning},
    {"json_encode", owner::php, "every command works without it", level::note},
    {"opcache_compile_file", owner::opcache, "opcache:compile:scripts, opcache:refresh and deploy:warm do not work"},
    {"opcache_get_configuration", owner::opcache, "opcache:configuration does not work"},
    {"opcache_get_status", owner::opcache, "no command can tell what is in OPcache"},
    {"opcache_invalidate", owner::opcache, "opcache:invalidate:scripts, opcache:refresh and deploy:finish do not work"},
    {"opcache_is_script_cached", owner::opcache, "deploy:finish does not work"},
    {"opcache_reset", owner::opcache, "opcache:reset does not work"},
    {"posix_geteuid", owner::php, "every command works without it", level::note, "posix"},
    {"putenv", owner::php, "lists of many scripts take longer", level::note},
    {"realpath", owner::php, "deploy:finish and opcache:refresh do not work"},
    {"realpath_cache_get", owner::php, "stat:realpath_get does not work"},
    {"realpath_cache_size", owner::php, "stat:realpath_size does not work"},
    {"scandir", owner::php, "deploy:warm and deploy:switch do not work", level::warning},
    {"stat", owner::php, "opcache:refresh, opcache:compile:scripts and deploy:* do not work"},
    {"token_get_all", owner::php,
     "files that declare a class are left to their first visitor by the commands that compile", level::warning,
     "tokenizer"},
    {"usleep", owner::php, "every command works without it", level::note},
};

// Every call needs these. The other functions in every agent are for failures, or for other people's code.
constexpr std::string_view vital[] = {
    "function_exists", "is_string",         "ob_get_level", "preg_match", "register_shutdown_function",
    "serialize",       "set_error_handler", "str_repeat",   "strtr"};

// Nothing is missed without these.
constexpr std::string_view unmissed[] = {"fastcgi_finish_request",      "mb_strlen",       "mb_substr",
                                         "newrelic_ignore_transaction", "session_destroy", "session_status"};

// "a, b and c call it"
std::string called_by(std::vector<std::string_view> const& commands) {
  std::string text;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == commands.size() ? " and " : ", ") + std::string(commands[i]);
  }
  return text + (commands.size() == 1 ? " calls it" : " call it");
}

bool is_in_every_agent(std::string_view function) {
  auto const parts = agent::php_parts();
  return std::any_of(parts.begin(), parts.end(), [function](agent::php_part const& part) {
    return part.file == "agent.php" && agent::calls(part, function);
  });
}

needed_function described(std::string_view name) {
  auto const found = std::find_if(std::begin(known_functions), std::end(known_functions),
                                  [name](known_function const& each) { return each.name == name; });
  if (found != std::end(known_functions)) {
    return {found->name, found->of, std::string(found->without), found->how, found->extension};
  }
  bool const is_vital = std::find(std::begin(vital), std::end(vital), name) != std::end(vital);
  if (is_vital) return {name, owner::php, "no command works"};
  if (is_in_every_agent(name)) return {name, owner::php, "what goes wrong is not always shown", level::warning};
  return {name, owner::php, called_by(agent::commands_that_call(name)), level::warning};
}

bool is_there(subject const& of, owner whose) {
  switch (whose) {
    case owner::opcache:
      return of.php.has_opcache;
    case owner::apcu:
      return of.php.has_apcu;
    case owner::fpm:
      return !of.is_web_site;
    case owner::php:
      return true;
  }
  return true;
}

// True if the name is in a list with commas, which may be quoted.
bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    std::size_t const end = std::min(list.find_first_of(", \"'"), list.size());
    if (list.substr(0, end) == name) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

// The pool's list comes on top of the ini files', and ini_get() does not know it. Nothing if no readable list names the
// function.
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
    return {step, name, {which.how, name + "() is disabled: " + which.without, take}};
  }
  std::string const extension(which.extension);
  return {step,
          name,
          {which.how, name + "() is not there: " + which.without,
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

std::vector<needed_function> needed_functions() {
  std::vector<needed_function> all;
  for (std::string_view const name : agent::called_functions()) {
    bool const is_missed = std::find(std::begin(unmissed), std::end(unmissed), name) == std::end(unmissed);
    if (is_missed) all.push_back(described(name));
  }
  return all;
}

std::vector<finding> check_functions(subject const& of) {
  std::vector<finding> found;
  std::int64_t good = 0;
  for (needed_function const& each : needed_functions()) {
    if (!is_there(of, each.of)) continue;
    if (of.php.missing.contains(std::string(each.name))) {
      found.push_back(missing(of, each));
    } else {
      ++good;
    }
  }
  std::string const rest = found.empty() ? " may all be called" : " of those that the commands need may be called";
  found.insert(
      found.begin(),
      {step, "functions", {level::ok, (found.empty() ? "the " : "") + base::counted(good, "PHP function") + rest}});
  check_restriction(of, found);
  check_apcu(of, found);
  return found;
}

}  // namespace cachetool::doctor
