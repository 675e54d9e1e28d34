#include <array>

#include "cli/commands/agent_commands.hpp"
#include "cli/commands/apcu_commands.hpp"
#include "cli/commands/completion.hpp"
#include "cli/commands/deploy_commands.hpp"
#include "cli/commands/doctor_commands.hpp"
#include "cli/commands/fpm_commands.hpp"
#include "cli/commands/help.hpp"
#include "cli/commands/opcache_commands.hpp"
#include "cli/commands/opcache_prune_command.hpp"
#include "cli/commands/opcache_refresh_commands.hpp"
#include "cli/commands/opcache_reset_command.hpp"
#include "cli/commands/opcache_script_commands.hpp"
#include "cli/commands/php_commands.hpp"
#include "cli/commands/stat_commands.hpp"
#include "cli/line/option_spec.hpp"

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
    flag("all", 0, "Every php-fpm that is found; one that cannot be reached is an error"),
    option_spec{"pool", 0, arity::value, value_type::nonempty, "NAME",
                "Of those that are found, the ones with this pool"},
    option_spec{"php", 0, arity::value, value_type::nonempty, "VERSION",
                "Of those that are found, the ones with this PHP"},
    optional_text("fcgi-chroot", "FCGI-CHROOT",
                  "The root directory of a chrooted php-fpm. The agent is put inside: --tmp-dir, if given, lies there"),
    flag("cli", 0, "Run php on the command line instead, whose caches no web request uses"),
    optional_text("web", "WEB",
                  "Have the web server run the agent, by a file in the document root. FileGetContents and "
                  "SymfonyHttpClient mean the same"),
    optional_text("web-path", "WEB-PATH", "The document root of that web site (the current directory)"),
    optional_text("web-url", "WEB-URL", "The URL of that web site"),
    flag("web-allow-insecure", 0, "Take any TLS certificate of the web site"),
    optional_text("web-basic-auth", "WEB-BASIC-AUTH", "USER:PASSWORD for the web site; @FILE reads it from a file"),
    optional_text("web-host", "WEB-HOST", "A Host header for the web site"),
    option_spec{"tmp-dir", 't', arity::value, value_type::text, "TMP-DIR",
                "A directory that you can write and php-fpm can read, tried first for the agent's file"},
    option_spec{"agent", 0, arity::value, value_type::text, "PATH", "An installed agent, as php-fpm sees it"},
    option_spec{"config", 'c', arity::value, value_type::text, "CONFIG", "Use this yaml configuration file"},
    option_spec{"timeout", 0, arity::value, value_type::seconds, "SECONDS", "How long to wait for one answer (30)"},
    option_spec{"connect-timeout", 0, arity::value, value_type::seconds, "SECONDS",
                "How long to wait for a connection (5)"},
    option_spec{"deadline", 0, arity::value, value_type::seconds, "SECONDS",
                "How long the whole command may take; without it as long as it needs"},
    option_spec{"retries", 0, arity::value, value_type::count, "COUNT",
                "How often to try again where that is safe (3)"},
    flag("verbose", 'v',
         "Increase the verbosity of messages: 1 for normal output, 2 for more verbose output and 3 for debug"),
};

constexpr std::array show_options{format_option};
constexpr option_spec force(std::string_view help) {
  return flag("force", 'f', help);
}

constexpr std::array compile_options{
    format_option,
    option_spec{"exclude",
                0,
                arity::optional_value,
                value_type::text,
                "EXCLUDE",
                "Leave out files whose path below the given one holds this, or matches this regular expression (with "
                "delimiters: '/^vendor/'). May be given several times",
                {},
                true},
    flag("batch", 0, "Show one row for all files"),
    option_spec{"jobs", 0, arity::value, value_type::count, "COUNT", "How many requests to send at the same time (1)"}};
constexpr std::array reset_options{
    format_option,
    option_spec{"wait", 0, arity::optional_value, value_type::seconds, "SECONDS",
                "Wait until PHP has emptied the cache, so long at most (300)"},
    flag("safe", 0, "Reset nothing where a request that runs for long already might be ended by it"),
    option_spec{"if-wasted", 0, arity::value, value_type::count, "PERCENT",
                "Only if so much of the memory, or more, is wasted"},
    option_spec{"if-idle", 0, arity::optional_value, value_type::seconds, "SECONDS",
                "Only if nobody uses the cache for so long (1)"}};
constexpr std::array invalidate_options{
    format_option, force("Also scripts whose files have not changed"),
    option_spec{"path", 0, arity::value, value_type::text, "DIRECTORY",
                "Invalidate what is below this directory, instead of what matches a regular expression"},
    flag("dry-run", 0, "Show what would be invalidated, and do nothing")};
constexpr option_spec pace_option{"pace",         0,
                                  arity::value,   value_type::count,
                                  "MILLISECONDS", "How long to pause after each 20 ms of work; 0: not at all (20)"};
constexpr std::array refresh_options{
    format_option, force("Also scripts whose files have not changed"),
    option_spec{
        "from-list", 0, arity::value, value_type::nonempty, "FILE",
        "Refresh the files named in this file, or on standard input (-), cached or not: one a line, or ended by "
        "NUL bytes"},
    pace_option};
constexpr std::array prune_options{
    format_option,
    option_spec{"keep",
                0,
                arity::value,
                value_type::nonempty,
                "DIR",
                "The live release, or the link that leads to it: the directories beside it are dead releases. May be "
                "given several times",
                {},
                true},
    flag("dry-run", 0, "Show what would be forgotten, and do nothing")};
constexpr std::array warm_options{format_option,
                                  option_spec{"every-file",
                                              0,
                                              arity::flag,
                                              value_type::text,
                                              {},
                                              "Compile every *.php of the release, also where another one runs"},
                                  pace_option};
constexpr std::array file_cache_options{format_option, force("Delete files without asking")};
constexpr std::array scripts_options{
    format_option,
    option_spec{"sort", 0, arity::value, value_type::choice, "ORDER", "Sort by hits, memory, path or last-used",
                "hits|memory|path|last-used"},
    option_spec{"limit", 0, arity::value, value_type::count, "COUNT", "Show so many scripts at most"},
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
constexpr std::array regexp_delete_options{
    format_option, option_spec{"force", 0, arity::flag, value_type::text, {}, "Accept an empty pattern: every key"},
    option_spec{"dry-run", 0, arity::flag, value_type::text, {}, "Show the keys that match, and delete none"}};
constexpr std::array eval_options{
    option_spec{"run", 'r', arity::value, value_type::text, "RUN", "The code, as eval() takes it"},
    option_spec{"file", 'f', arity::value, value_type::text, "FILE", "A file with the code, read here"},
    option_spec{"format", 0, arity::value, value_type::choice, "FORMAT",
                "How to show what the code returns: string, json or var_export", "string|json|var_export"}};
constexpr option_spec old_option{
    "old",
    0,
    arity::value,
    value_type::nonempty,
    "DIR",
    "A release that was live before; without it, those beside the live one that have cached "
    "scripts",
    {},
    true};
constexpr option_spec no_fallback_option =
    flag("no-fallback", 0, "Do not reset OPcache where a worker cannot be reached, but end with 4");
constexpr std::array deploy_finish_options{format_option, old_option, no_fallback_option};
constexpr std::array deploy_switch_options{
    format_option,
    old_option,
    no_fallback_option,
    pace_option,
    flag("every-file", 0, "Compile every *.php of the release, also what the running one has not cached"),
    flag("dry-run", 0, "Show what would be compiled, moved and wasted, and do nothing")};

constexpr std::array completion_arguments{argument_spec{"shell", "bash, zsh or fish; without it, what SHELL names"}};
constexpr std::array self_update_arguments{argument_spec{"version_constraint", "Accepted, for scripts"}};
constexpr std::array agent_install_arguments{
    argument_spec{"path", "The file to write; without it, the place beside the program"}};
constexpr std::array list_arguments{argument_spec{"namespace", "Only the commands of this group"}};
constexpr std::array current_arguments{argument_spec{"current", "The link that leads to the live release", true}};
constexpr std::array switch_arguments{argument_spec{"current", "The link that leads to the live release", true},
                                      argument_spec{"release", "The release that is to be live", true}};
constexpr std::array key_arguments{argument_spec{"key", "The key", true}};
constexpr std::array store_arguments{argument_spec{"key", "The key", true},
                                     argument_spec{"value", "The value, stored as a string", true},
                                     argument_spec{"ttl", "Seconds to keep it; 0, the default, for ever"}};
constexpr std::array regexp_arguments{
    argument_spec{"regexp", "A regular expression (PCRE): /pattern/flags, or a pattern alone", true}};
constexpr std::array help_arguments{argument_spec{"command_name", "The command's name"}};

constexpr std::array script_arguments{argument_spec{"path", "The script", true}};
constexpr std::array release_arguments{argument_spec{"release", "The directory of the release", true}};
constexpr std::array refresh_arguments{argument_spec{"path", "A file or directory, as php-fpm sees it", false, true}};
constexpr std::array directory_arguments{argument_spec{"path", "The directory, or a pattern of directories", true}};
constexpr std::array pattern_arguments{
    argument_spec{"path", "A regular expression found in the paths of cached scripts (no delimiters)"}};

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
        "doctor",
        "Walks the whole way to php-fpm's caches, and says what is wrong and what to do",
        "Finds php-fpm, connects, has the agent put and run, and looks at the functions and settings that "
        "deployments need. It changes nothing. Ends with 0 if there is no warning and no failure, with 1 if there "
        "is one, and with the code of the error that ended the walk.",
        show_options,
        {},
        run_doctor,
        target_policy::every_found},
    command_spec{
        "help", "Display help for a command", {}, help_options, help_arguments, show_help, target_policy::none},
    command_spec{"list", "List commands", {}, list_options, list_arguments, show_list, target_policy::none},
    command_spec{"agent:install",
                 "Installs the agent for a php-fpm that sees no other file of this machine's",
                 "Root only. Use it with --agent=PATH, or \"agent: PATH\" in the config file.",
                 {},
                 agent_install_arguments,
                 agent_install,
                 target_policy::none},
    command_spec{"agent:show",
                 "Prints the agent, for an image or a remote php-fpm",
                 "COPY it into the image, and use it with --agent=PATH: cachetool agent:show > agent.php",
                 {},
                 {},
                 agent_show,
                 target_policy::none},
    command_spec{
        "apcu:cache:clear", "Clears APCu cache", {}, show_options, {}, apcu_cache_clear, target_policy::one_found},
    command_spec{
        "apcu:cache:info", "Shows APCu user & system cache information", {}, show_options, {}, apcu_cache_info},
    command_spec{"apcu:cache:info:keys",
                 "Shows APCu keys cache information",
                 {},
                 show_options,
                 {},
                 apcu_cache_info_keys,
                 target_policy::one_found},
    command_spec{
        "apcu:key:delete", "Deletes an APCu key", {}, {}, key_arguments, apcu_key_delete, target_policy::one_found},
    command_spec{"apcu:key:exists",
                 "Checks if an APCu key exists",
                 {},
                 show_options,
                 key_arguments,
                 apcu_key_exists,
                 target_policy::one_found},
    command_spec{"apcu:key:fetch",
                 "Shows the content of an APCu key",
                 {},
                 show_options,
                 key_arguments,
                 apcu_key_fetch,
                 target_policy::exactly_one},
    command_spec{"apcu:key:store",
                 "Store an APCu key with given value",
                 {},
                 {},
                 store_arguments,
                 apcu_key_store,
                 target_policy::one_found},
    command_spec{"apcu:regexp:delete", "Deletes all APCu key matching a regexp",
                 "With --format=json or csv it lists the keys that it deleted.", regexp_delete_options,
                 regexp_arguments, apcu_regexp_delete, target_policy::one_found},
    command_spec{
        "apcu:sma:info", "Show APCu shared memory allocation information", {}, show_options, {}, apcu_sma_info},
    command_spec{
        "deploy:finish",
        "Has every worker serve the release that a link leads to now",
        "For after the link was switched. Clears the realpath cache of every worker of every pool, and then has the "
        "names below the link lead to the new release in OPcache, without a reset. It tries to reach every worker for "
        "--deadline (300 s) at most.",
        deploy_finish_options,
        current_arguments,
        deploy_finish,
        target_policy::every,
        {},
        target_scope::whole_master,
        true,
        true},
    command_spec{"deploy:switch",
                 "Compiles a release, switches the link to it, and has every worker serve it",
                 "deploy:warm, the link switched in one step, and deploy:finish. It is the rollback too. It tries to "
                 "reach every worker for 300 s at most after the link was switched, or for what is left of --deadline.",
                 deploy_switch_options,
                 switch_arguments,
                 deploy_switch,
                 target_policy::every,
                 {},
                 target_scope::whole_master,
                 true,
                 true},
    command_spec{"deploy:warm",
                 "Compiles a release before it goes live",
                 "Compiles what is cached of the release that runs: the one to which the link current beside the "
                 "releases, or beside their directory, leads. Without one, every *.php. It changes nothing of what is "
                 "served, also if the release was live before.",
                 warm_options,
                 release_arguments,
                 deploy_warm,
                 target_policy::every,
                 {},
                 target_scope::master,
                 false,
                 true},
    command_spec{"fpm:list",
                 "Lists every php-fpm that runs on this machine, and its pools",
                 "Says of each pool whether you can reach it, and if not, why. As root it sees the most.",
                 show_options,
                 {},
                 fpm_list,
                 target_policy::none},
    command_spec{"opcache:compile:script",
                 "Compile a given script to the opcode cache",
                 {},
                 show_options,
                 script_arguments,
                 opcache_compile_script,
                 target_policy::one_found},
    command_spec{
        "opcache:compile:scripts", "Compile scripts from path to the opcode cache",
        "Sends a hundred files in a request. A file that does not compile is named, the others go on, and the exit "
        "code is 1. Only *.php is taken; names that begin with a dot and paths that hold Tests or tests are left out.",
        compile_options, directory_arguments, opcache_compile_scripts, target_policy::one_found},
    command_spec{"opcache:configuration",
                 "Get configuration information about the cache",
                 {},
                 show_options,
                 {},
                 opcache_configuration},
    command_spec{"opcache:invalidate:scripts",
                 "Remove scripts from the opcode cache",
                 {},
                 invalidate_options,
                 pattern_arguments,
                 opcache_invalidate_scripts,
                 target_policy::one_found},
    command_spec{"opcache:prune",
                 "Forgets the scripts of dead releases, and of files that no longer exist",
                 "Says how much memory is wasted, and from when on a reset pays. Without --keep only scripts whose "
                 "files are gone are forgotten. For when no request of before the last switch runs any more.",
                 prune_options,
                 {},
                 opcache_prune,
                 target_policy::one_found},
    command_spec{"opcache:refresh", "Brings scripts up to date that were changed in place, without a reset",
                 "Finds the cached scripts at or below the paths whose files changed or went away, and compiles them "
                 "one by one, "
                 "so gently that a busy pool does not feel it. Where php-fpm does not look for changes itself "
                 "(opcache.validate_timestamps=0) it takes everything that may have changed since it was cached.",
                 refresh_options, refresh_arguments, opcache_refresh, target_policy::one_found},
    command_spec{
        "opcache:reset",
        "Resets the contents of the opcode cache",
        "Schedules a restart of OPcache and looks for at most a second whether PHP has performed it. PHP does so when "
        "no running request uses the cache any more. With --wait it goes on until that is so, and names what it waits "
        "for; if it is not so in time, the exit code is 4. For cron: opcache:reset --wait --safe --if-wasted=20 -q",
        reset_options,
        {},
        opcache_reset,
        target_policy::every,
        {},
        target_scope::master,
        true},
    command_spec{"opcache:reset:file-cache",
                 "Deletes all contents of the file cache directory",
                 "Works inside php-fpm, as its user. Follows no link, and deletes nothing in a directory that holds "
                 "anything but OPcache's files.",
                 file_cache_options,
                 {},
                 opcache_reset_file_cache,
                 target_policy::one_found},
    command_spec{
        "opcache:status", "Show summary information about the opcode cache", {}, show_options, {}, opcache_status},
    command_spec{
        "opcache:status:scripts", "Show scripts in the opcode cache", {}, scripts_options, {}, opcache_status_scripts},
    command_spec{"php:eval",
                 "Run arbitrary PHP code from an argument or file",
                 "What the code prints is shown first, then what it returns: cachetool php:eval -r 'return "
                 "gethostname();'",
                 eval_options,
                 {},
                 php_eval,
                 target_policy::exactly_one},
    command_spec{"self:update",
                 "Says how this program is updated",
                 {},
                 self_update_options,
                 self_update_arguments,
                 self_update,
                 target_policy::none,
                 "update|self-update"},
    command_spec{"stat:clear",
                 "Clears the file status cache, including the realpath cache",
                 "Each worker has a cache of its own: it asks until every worker of the pool has answered, for "
                 "--deadline (30 s) at "
                 "most.",
                 show_options,
                 {},
                 stat_clear,
                 target_policy::every,
                 {},
                 target_scope::pool,
                 true},
    command_spec{"stat:realpath_get",
                 "Show summary information of realpath cache entries",
                 "Of one worker: each has a cache of its own.",
                 show_options,
                 {},
                 stat_realpath_get,
                 target_policy::one_found},
    command_spec{"stat:realpath_size",
                 "Display size of realpath cache",
                 "Of one worker: each has a cache of its own.",
                 show_options,
                 {},
                 stat_realpath_size,
                 target_policy::one_found},
};

}  // namespace

std::span<option_spec const> global_options() noexcept {
  return global_table;
}

std::span<command_spec const> commands() noexcept {
  return command_specs;
}

}  // namespace cachetool::cli
