#include <array>

#include "cli/completion.hpp"
#include "cli/help.hpp"
#include "cli/opcache_commands.hpp"
#include "cli/option_spec.hpp"

namespace cachetool::cli {
namespace {

constexpr option_spec flag(std::string_view name, char letter, std::string_view help) {
  return {name, letter, arity::flag, value_type::text, {}, help, {}, true};
}

constexpr option_spec optional_text(std::string_view name, std::string_view value_name, std::string_view help) {
  return {name, 0, arity::optional_value, value_type::nonempty, value_name, help};
}

constexpr option_spec format_option{
    "format", 0, arity::value, value_type::choice, "FORMAT", "How to print: table, json or csv", "table|json|csv"};

constexpr std::array global_table{
    flag("help", 'h', "Display help for the given command. When no command is given display help for the list command"),
    flag("quiet", 'q', "Do not output any message"),
    flag("version", 'V', "Display this application version"),
    flag("ansi", 0, "Force (or disable --no-ansi) ANSI output"),
    flag("no-ansi", 0, {}),
    flag("no-interaction", 'n', "Do not ask any interactive question"),
    option_spec{
        "fcgi",
        0,
        arity::optional_value,
        value_type::endpoint,
        "FCGI",
        "Where php-fpm listens: a socket's path, host:port or a port. May be given several times; without a value "
        "php-fpm is found",
        {},
        true},
    optional_text("fcgi-chroot", "FCGI-CHROOT",
                  "The root directory of a chrooted php-fpm. The agent is put inside: --tmp-dir, if given, lies there"),
    flag("cli", 0, "Run php on the command line instead, whose caches no web request uses"),
    optional_text("web", "WEB",
                  "Have the web server run the agent, by a file in the document root. FileGetContents and "
                  "SymfonyHttpClient mean the same"),
    optional_text("web-path", "WEB-PATH", "The document root of that web site (the current directory)"),
    optional_text("web-url", "WEB-URL", "The URL of that web site"),
    flag("web-allow-insecure", 0, "Take any TLS certificate of the web site"),
    optional_text("web-basic-auth", "WEB-BASIC-AUTH", "USER:PASSWORD for the web site"),
    optional_text("web-host", "WEB-HOST", "A Host header for the web site"),
    option_spec{"tmp-dir", 't', arity::value, value_type::text, "TMP-DIR",
                "A directory that you can write and php-fpm can read, tried first for the agent's file"},
    option_spec{"agent", 0, arity::value, value_type::text, "PATH", "An installed agent, as php-fpm sees it"},
    option_spec{"config", 'c', arity::value, value_type::text, "CONFIG", "Use this yaml configuration file"},
    option_spec{"timeout", 0, arity::value, value_type::seconds, "SECONDS", "How long to wait for one answer (30)"},
    option_spec{"connect-timeout", 0, arity::value, value_type::seconds, "SECONDS",
                "How long to wait for a connection (5)"},
    option_spec{"retries", 0, arity::value, value_type::count, "COUNT",
                "How often to try again where that is safe (3)"},
    flag("verbose", 'v',
         "Increase the verbosity of messages: 1 for normal output, 2 for more verbose output and 3 for debug"),
};

constexpr std::array show_options{format_option};
constexpr std::array scripts_options{
    format_option,
    option_spec{"exclude", 'e', arity::optional_value, value_type::text, "EXCLUDE",
                "Leave out scripts that match this regular expression, e.g. .*vendor.* (no delimiters)"}};
constexpr option_spec text_or_json{
    "format", 0, arity::value, value_type::choice, "FORMAT", "How to print: txt or json", "txt|json"};
constexpr std::array list_options{flag("raw", 0, "Print names and descriptions alone"), text_or_json,
                                  flag("short", 0, "Accepted, for scripts: nothing is longer without it")};
constexpr std::array help_options{text_or_json, flag("raw", 0, "Accepted, for scripts: help is plain text")};
constexpr std::array self_update_options{flag("stable", 0, "Accepted, for scripts"),
                                         flag("preview", 0, "Accepted, for scripts"),
                                         flag("compatible", 0, "Accepted, for scripts")};

constexpr std::array completion_arguments{argument_spec{"shell", "bash, zsh or fish; without it, what SHELL names"}};
constexpr std::array self_update_arguments{argument_spec{"version_constraint", "Accepted, for scripts"}};
constexpr std::array list_arguments{argument_spec{"namespace", "Only the commands of this group"}};
constexpr std::array help_arguments{argument_spec{"command_name", "The command's name"}};

constexpr std::array command_specs{
    command_spec{"completion",
                 "Dump the shell completion script",
                 "Put it where the shell looks, for bash: cachetool completion bash > "
                 "/etc/bash_completion.d/cachetool",
                 {},
                 completion_arguments,
                 show_completion,
                 target_policy::none},
    command_spec{
        "help", "Display help for a command", {}, help_options, help_arguments, show_help, target_policy::none},
    command_spec{"list", "List commands", {}, list_options, list_arguments, show_list, target_policy::none},
    command_spec{"opcache:configuration",
                 "Get configuration information about the cache",
                 {},
                 show_options,
                 {},
                 opcache_configuration},
    command_spec{
        "opcache:reset",
        "Resets the contents of the opcode cache",
        "Schedules a restart of OPcache and looks for at most a second whether PHP has performed it. PHP does so when "
        "no running request uses the cache any more.",
        show_options,
        {},
        opcache_reset},
    command_spec{
        "opcache:status", "Show summary information about the opcode cache", {}, show_options, {}, opcache_status},
    command_spec{
        "opcache:status:scripts", "Show scripts in the opcode cache", {}, scripts_options, {}, opcache_status_scripts},
    command_spec{"self:update",
                 "Says how this program is updated",
                 {},
                 self_update_options,
                 self_update_arguments,
                 self_update,
                 target_policy::none,
                 "update|self-update"},
};

}  // namespace

std::span<option_spec const> global_options() noexcept {
  return global_table;
}

std::span<command_spec const> commands() noexcept {
  return command_specs;
}

}  // namespace cachetool::cli
