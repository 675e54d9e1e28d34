#pragma once

#include <array>
#include <string_view>

#include "cli/line/option_spec.hpp"

/// What the commands take: their options and arguments. Only the table of commands uses this.
namespace cachetool::cli {

inline constexpr option_spec flag(std::string_view name, char letter, std::string_view help) {
  return {.name = name, .letter = letter, .help = help, .repeatable = true};
}

inline constexpr option_spec optional_text(std::string_view name, std::string_view value_name, std::string_view help,
                                           offer offers = offer::nothing) {
  return {.name = name,
          .takes = arity::optional_value,
          .type = value_type::nonempty,
          .value_name = value_name,
          .help = help,
          .offers = offers};
}

inline constexpr option_spec format_option{.name = "format",
                                           .takes = arity::value,
                                           .type = value_type::choice,
                                           .value_name = "FORMAT",
                                           .help = "How to print: table, json or csv",
                                           .choices = "table|json|csv"};

inline constexpr std::array global_table{
    flag("help", 'h', "Display help for the given command. When no command is given display help for the list command"),
    flag("quiet", 'q', "Do not output any message"),
    flag("version", 'V', "Display this application version"),
    flag("ansi", 0, "Force (or disable --no-ansi) ANSI output"),
    flag("no-ansi", 0, {}),
    flag("no-interaction", 'n', "Do not ask any interactive question"),
    option_spec{
        .name = "fcgi",
        .takes = arity::optional_value,
        .type = value_type::endpoint,
        .value_name = "FCGI",
        .help =
            "Where php-fpm listens: a socket's path, host:port or a port. May be given several times; without a value "
            "php-fpm is found",
        .repeatable = true,
        .offers = offer::endpoint},
    flag("all", 0, "Every php-fpm that is found; one that cannot be reached is an error"),
    option_spec{.name = "pool",
                .takes = arity::value,
                .type = value_type::nonempty,
                .value_name = "NAME",
                .help = "Of those that are found, the ones with this pool",
                .offers = offer::pool},
    option_spec{.name = "php",
                .takes = arity::value,
                .type = value_type::nonempty,
                .value_name = "VERSION",
                .help = "Of those that are found, the ones with this PHP",
                .offers = offer::php_version},
    optional_text("fcgi-chroot", "FCGI-CHROOT",
                  "The root directory of a chrooted php-fpm. The agent is put inside: --tmp-dir, if given, lies there",
                  offer::directory),
    flag("cli", 0, "Run php on the command line instead, whose caches no web request uses"),
    optional_text("web", "WEB",
                  "Have the web server run the agent, by a file in the document root. FileGetContents and "
                  "SymfonyHttpClient mean the same"),
    optional_text("web-path", "WEB-PATH", "The document root of that web site (the current directory)",
                  offer::directory),
    optional_text("web-url", "WEB-URL", "The URL of that web site"),
    flag("web-allow-insecure", 0, "Take any TLS certificate of the web site"),
    optional_text("web-basic-auth", "WEB-BASIC-AUTH", "USER:PASSWORD for the web site; @FILE reads it from a file"),
    optional_text("web-host", "WEB-HOST", "A Host header for the web site"),
    option_spec{.name = "tmp-dir",
                .letter = 't',
                .takes = arity::value,
                .value_name = "TMP-DIR",
                .help = "A directory that you can write and php-fpm can read, tried first for the agent's file",
                .offers = offer::directory},
    option_spec{.name = "agent",
                .takes = arity::value,
                .value_name = "PATH",
                .help = "An installed agent, as php-fpm sees it",
                .offers = offer::file},
    option_spec{.name = "config",
                .letter = 'c',
                .takes = arity::value,
                .value_name = "CONFIG",
                .help = "Use this yaml configuration file",
                .offers = offer::file},
    option_spec{.name = "timeout",
                .takes = arity::value,
                .type = value_type::seconds,
                .value_name = "SECONDS",
                .help = "How long to wait for one answer (30)"},
    option_spec{.name = "connect-timeout",
                .takes = arity::value,
                .type = value_type::seconds,
                .value_name = "SECONDS",
                .help = "How long to wait for a connection (5)"},
    option_spec{.name = "deadline",
                .takes = arity::value,
                .type = value_type::seconds,
                .value_name = "SECONDS",
                .help = "How long the whole command may take; without it as long as it needs"},
    option_spec{.name = "retries",
                .takes = arity::value,
                .type = value_type::count,
                .value_name = "COUNT",
                .help = "How often to try again where that is safe (3)"},
    flag("verbose", 'v',
         "Increase the verbosity of messages: 1 for normal output, 2 for more verbose output and 3 for debug"),
};

inline constexpr std::array show_options{format_option};
inline constexpr std::array watch_options{
    format_option, option_spec{.name = "watch",
                               .takes = arity::optional_value,
                               .type = value_type::seconds,
                               .value_name = "SECONDS",
                               .help = "Show it again and again, with this pause (2), until it is interrupted"}};
inline constexpr std::array doctor_options{
    format_option, flag("only-problems", 0, "Show only warnings and failures, and nothing if there are none"),
    option_spec{.name = "site",
                .takes = arity::value,
                .type = value_type::nonempty,
                .value_name = "PATH",
                .help = "Say why old code of this link or directory is still served",
                .offers = offer::directory}};
inline constexpr option_spec force(std::string_view help) {
  return flag("force", 'f', help);
}

inline constexpr std::array compile_options{
    format_option,
    option_spec{
        .name = "exclude",
        .takes = arity::optional_value,
        .value_name = "EXCLUDE",
        .help = "Leave out files whose path below the given one holds this, or matches this regular expression (with "
                "delimiters: '/^vendor/'). May be given several times",
        .repeatable = true},
    flag("batch", 0, "Show one row for all files"),
    option_spec{.name = "jobs",
                .takes = arity::value,
                .type = value_type::count,
                .value_name = "COUNT",
                .help = "How many requests to send at the same time (1)"}};
inline constexpr option_spec no_fallback_option =
    flag("no-fallback", 0, "Do not reset OPcache where a worker cannot be reached, but end with 4");
inline constexpr std::array reset_options{
    format_option,
    flag("graceful", 0,
         "Bring up to date what has changed, without a restart: links that were switched, files that were changed. "
         "If it cannot be sure, it resets OPcache"),
    flag("no-graceful", 0, "Reset, whatever the config file says"),
    no_fallback_option,
    option_spec{.name = "wait",
                .takes = arity::optional_value,
                .type = value_type::seconds,
                .value_name = "SECONDS",
                .help = "Wait until PHP has emptied the cache, this long at most (300)"},
    flag("safe", 0, "Reset nothing if that might end a request that has run for long"),
    option_spec{.name = "if-wasted",
                .takes = arity::value,
                .type = value_type::count,
                .value_name = "PERCENT",
                .help = "Only if that much of the memory, or more, is wasted"},
    option_spec{.name = "if-idle",
                .takes = arity::optional_value,
                .type = value_type::seconds,
                .value_name = "SECONDS",
                .help = "Only if nobody uses the cache for that long (1)"}};
inline constexpr std::array invalidate_options{
    format_option, force("Also scripts whose files have not changed"),
    option_spec{.name = "path",
                .takes = arity::value,
                .value_name = "DIRECTORY",
                .help = "Invalidate what is below this directory, instead of what matches a regular expression",
                .offers = offer::directory},
    flag("dry-run", 0, "Show what would be invalidated, and do nothing")};
inline constexpr option_spec pace_option{.name = "pace",
                                         .takes = arity::value,
                                         .type = value_type::count,
                                         .value_name = "MILLISECONDS",
                                         .help = "How long to pause after each 20 ms of work; 0: not at all (20)"};
inline constexpr std::array refresh_options{
    format_option, force("Also scripts whose files have not changed"),
    option_spec{
        .name = "from-list",
        .takes = arity::value,
        .type = value_type::nonempty,
        .value_name = "FILE",
        .help =
            "Refresh the files named in this file, or on standard input (-), cached or not: one a line, or ended by "
            "NUL bytes",
        .offers = offer::file},
    pace_option};
inline constexpr std::array prune_options{
    format_option,
    option_spec{
        .name = "keep",
        .takes = arity::value,
        .type = value_type::nonempty,
        .value_name = "DIR",
        .help = "The live release, or the link that leads to it: the directories beside it are dead releases. May be "
                "given several times",
        .repeatable = true,
        .offers = offer::directory},
    flag("dry-run", 0, "Show what would be forgotten, and do nothing")};
inline constexpr std::array warm_options{
    format_option,
    option_spec{.name = "every-file", .help = "Compile every *.php of the release, also where another one runs"},
    pace_option};
inline constexpr std::array metrics_options{
    option_spec{.name = "textfile",
                .takes = arity::value,
                .type = value_type::nonempty,
                .value_name = "PATH",
                .help = "Write them to this file, in one step, for the textfile collector of node_exporter",
                .offers = offer::file}};
inline constexpr option_spec threshold(std::string_view name, std::string_view help) {
  return {.name = name,
          .takes = arity::value,
          .type = value_type::nonempty,
          .value_name = "NAME=RANGE",
          .help = help,
          .repeatable = true};
}
inline constexpr option_spec warning_option =
    threshold("warning", "Warn where this figure is outside of this range: memory=90. May be given several times");
inline constexpr option_spec critical_option =
    threshold("critical", "The same for CRITICAL: hit_rate=50: for fewer than 50 per cent");
inline constexpr option_spec silent_option = flag("only-problems", 0, "Print nothing where all is well, for cron");
inline constexpr option_spec state_option{.name = "state-dir",
                                          .takes = arity::value,
                                          .type = value_type::nonempty,
                                          .value_name = "DIR",
                                          .help = "A directory of your own, in which checks remember what they saw",
                                          .offers = offer::directory};
inline constexpr std::array report_options{option_spec{.name = "state-dir",
                                                       .takes = arity::value,
                                                       .type = value_type::nonempty,
                                                       .value_name = "DIR",
                                                       .help =
                                                           "Where opcache:check remembers what it saw, if it does so "
                                                           "in a directory that you named",
                                                       .offers = offer::directory}};
inline constexpr std::array top_options{option_spec{.name = "interval",
                                                    .takes = arity::value,
                                                    .type = value_type::seconds,
                                                    .value_name = "SECONDS",
                                                    .help = "How often to look (2)"}};
inline constexpr std::array opcache_check_options{
    warning_option, critical_option, silent_option, state_option,
    option_spec{.name = "site",
                .takes = arity::value,
                .type = value_type::nonempty,
                .value_name = "PATH",
                .help = "Also look for old code of this link or directory, as doctor does",
                .offers = offer::directory}};
inline constexpr std::array fpm_check_options{warning_option, critical_option, silent_option, state_option};
inline constexpr std::array file_cache_options{format_option, force("Delete files without asking")};
inline constexpr std::array scripts_options{
    format_option,
    option_spec{.name = "sort",
                .takes = arity::value,
                .type = value_type::choice,
                .value_name = "ORDER",
                .help = "Sort by hits, memory, path or last-used",
                .choices = "hits|memory|path|last-used"},
    option_spec{.name = "limit",
                .takes = arity::value,
                .type = value_type::count,
                .value_name = "COUNT",
                .help = "Show this many scripts at most"},
    option_spec{.name = "exclude",
                .letter = 'e',
                .takes = arity::optional_value,
                .value_name = "EXCLUDE",
                .help = "Leave out scripts that match this regular expression, e.g. .*vendor.* (no delimiters)"}};
inline constexpr option_spec text_or_json{.name = "format",
                                          .takes = arity::value,
                                          .type = value_type::choice,
                                          .value_name = "FORMAT",
                                          .help = "How to print: txt or json",
                                          .choices = "txt|json"};
inline constexpr std::array list_options{flag("raw", 0, "Print names and descriptions alone"), text_or_json,
                                         flag("short", 0, "Accepted, for scripts: nothing is longer without it")};
inline constexpr std::array help_options{option_spec{.name = "format",
                                                     .takes = arity::value,
                                                     .type = value_type::choice,
                                                     .value_name = "FORMAT",
                                                     .help = "How to print: txt, json or man (a manual page's source)",
                                                     .choices = "txt|json|man"},
                                         flag("raw", 0, "Accepted, for scripts: help is plain text")};
inline constexpr std::array self_update_options{flag("stable", 0, "Accepted, for scripts"),
                                                flag("preview", 0, "Accepted, for scripts"),
                                                flag("compatible", 0, "Accepted, for scripts")};
inline constexpr std::array regexp_delete_options{
    format_option, option_spec{.name = "force", .help = "Accept an empty pattern: every key"},
    option_spec{.name = "dry-run", .help = "Show the keys that match, and delete none"}};
inline constexpr std::array eval_options{
    option_spec{.name = "run",
                .letter = 'r',
                .takes = arity::value,
                .value_name = "RUN",
                .help = "The code, as eval() takes it"},
    option_spec{.name = "file",
                .letter = 'f',
                .takes = arity::value,
                .value_name = "FILE",
                .help = "A file with the code, read here",
                .offers = offer::file},
    option_spec{.name = "format",
                .takes = arity::value,
                .type = value_type::choice,
                .value_name = "FORMAT",
                .help = "How to show what the code returns: string, json or var_export",
                .choices = "string|json|var_export"}};
inline constexpr option_spec old_option{
    .name = "old",
    .takes = arity::value,
    .type = value_type::nonempty,
    .value_name = "DIR",
    .help =
        "A release that was live before; without it, those beside the live one that have cached "
        "scripts",
    .repeatable = true,
    .offers = offer::directory};
inline constexpr std::array deploy_finish_options{format_option, old_option, no_fallback_option};
inline constexpr std::array deploy_switch_options{
    format_option,
    old_option,
    no_fallback_option,
    pace_option,
    flag("every-file", 0, "Compile every *.php of the release, also what the running one has not cached"),
    flag("dry-run", 0, "Show what would be compiled, moved and wasted, and do nothing")};

inline constexpr std::array completion_arguments{argument_spec{
    .name = "shell", .help = "bash, zsh or fish; without it, what SHELL names", .choices = "bash|zsh|fish"}};
inline constexpr std::array line_arguments{argument_spec{
    .name = "word", .help = "The words of the line, up to the one that is being typed", .repeatable = true}};
inline constexpr std::array self_update_arguments{
    argument_spec{.name = "version_constraint", .help = "Accepted, for scripts"}};
inline constexpr std::array agent_install_arguments{argument_spec{
    .name = "path", .help = "The file to write; without it, the place beside the program", .offers = offer::file}};
inline constexpr std::array list_arguments{
    argument_spec{.name = "namespace", .help = "Only the commands of this group", .offers = offer::group}};
inline constexpr std::array current_arguments{
    argument_spec{.name = "current",
                  .help = "The link that leads to the live release; without it, every link that was switched",
                  .offers = offer::directory}};
inline constexpr std::array switch_arguments{
    argument_spec{.name = "current",
                  .help = "The link that leads to the live release",
                  .required = true,
                  .offers = offer::directory},
    argument_spec{
        .name = "release", .help = "The release that is to be live", .required = true, .offers = offer::directory}};
inline constexpr std::array key_arguments{argument_spec{.name = "key", .help = "The key", .required = true}};
inline constexpr std::array store_arguments{
    argument_spec{.name = "key", .help = "The key", .required = true},
    argument_spec{.name = "value", .help = "The value, stored as a string", .required = true},
    argument_spec{.name = "ttl", .help = "Seconds to keep it; 0, the default, for ever"}};
inline constexpr std::array regexp_arguments{argument_spec{
    .name = "regexp", .help = "A regular expression (PCRE): /pattern/flags, or a pattern alone", .required = true}};
inline constexpr std::array help_arguments{
    argument_spec{.name = "command_name",
                  .help = "The command's name; options: those of every command; with --format=man a group of commands",
                  .offers = offer::command}};

inline constexpr std::array report_arguments{
    argument_spec{.name = "file", .help = "The file to write; without it, standard output", .offers = offer::file}};
inline constexpr std::array script_arguments{
    argument_spec{.name = "path", .help = "The script", .required = true, .offers = offer::file}};
inline constexpr std::array release_arguments{argument_spec{
    .name = "release", .help = "The directory of the release", .required = true, .offers = offer::directory}};
inline constexpr std::array refresh_arguments{argument_spec{
    .name = "path", .help = "A file or directory, as php-fpm sees it", .repeatable = true, .offers = offer::file}};
inline constexpr std::array directory_arguments{argument_spec{.name = "path",
                                                              .help = "The directory, or a pattern of directories",
                                                              .required = true,
                                                              .offers = offer::directory}};
inline constexpr std::array pattern_arguments{
    argument_spec{.name = "path", .help = "A regular expression found in the paths of cached scripts (no delimiters)"}};

}  // namespace cachetool::cli
