#include <array>

#include "cli/command_options.hpp"
#include "cli/commands/agent_commands.hpp"
#include "cli/commands/apcu_commands.hpp"
#include "cli/commands/check_commands.hpp"
#include "cli/commands/completion.hpp"
#include "cli/commands/deploy_commands.hpp"
#include "cli/commands/doctor_commands.hpp"
#include "cli/commands/fpm_commands.hpp"
#include "cli/commands/fpm_status_commands.hpp"
#include "cli/commands/help.hpp"
#include "cli/commands/metrics_command.hpp"
#include "cli/commands/opcache_commands.hpp"
#include "cli/commands/opcache_prune_command.hpp"
#include "cli/commands/opcache_refresh_commands.hpp"
#include "cli/commands/opcache_report_command.hpp"
#include "cli/commands/opcache_reset_command.hpp"
#include "cli/commands/opcache_script_commands.hpp"
#include "cli/commands/opcache_top_command.hpp"
#include "cli/commands/php_commands.hpp"
#include "cli/commands/stat_commands.hpp"
#include "cli/line/option_spec.hpp"
#include "cli/targets/watched.hpp"

namespace cachetool::cli {
namespace {

constexpr std::array command_specs{
    command_spec{.name = "_complete",
                 .description = "Says what may stand next on a command line, for the scripts of completion",
                 .arguments = line_arguments,
                 .run = complete_line,
                 .targets = target_policy::none,
                 .internal = true},
    command_spec{.name = "completion",
                 .description = "Dump the shell completion script",
                 .help = "Put it where the shell looks, for bash: cachetool completion bash > "
                         "/etc/bash_completion.d/cachetool",
                 .arguments = completion_arguments,
                 .examples = "cachetool completion bash > /etc/bash_completion.d/cachetool\n"
                             "cachetool completion fish > ~/.config/fish/completions/cachetool.fish",
                 .run = show_completion,
                 .targets = target_policy::none},
    command_spec{
        .name = "doctor",
        .description = "Walks the whole way to php-fpm's caches, and says what is wrong and what to do",
        .help =
            "Finds php-fpm, connects, puts the agent there and runs it, and looks at the functions and settings that "
            "deployments need, and for links that were switched. It changes nothing. Ends with 0 if there is "
            "no warning and no failure, with 1 if there "
            "is one, and with the code of the error that ended the walk.",
        .options = doctor_options,
        .examples = "cachetool doctor\n"
                    "cachetool doctor --site=/srv/app/current",
        .run = run_doctor,
        .targets = target_policy::every_found},
    command_spec{.name = "help",
                 .description = "Display help for a command",
                 .options = help_options,
                 .arguments = help_arguments,
                 .examples = "cachetool help opcache:reset\n"
                             "cachetool help options",
                 .run = show_help,
                 .targets = target_policy::none},
    command_spec{.name = "list",
                 .description = "List commands",
                 .options = list_options,
                 .arguments = list_arguments,
                 .examples = "cachetool list\n"
                             "cachetool list opcache",
                 .run = show_list,
                 .targets = target_policy::none},
    command_spec{
        .name = "metrics",
        .description = "Prints the figures of caches and pools for Prometheus",
        .help = "Of every php-fpm that is found or named. One that fails has the metric cachetool_up 0; the exit code "
                "and standard error say why. For node_exporter: metrics "
                "--textfile=/var/lib/prometheus/node-exporter/cachetool.prom",
        .options = metrics_options,
        .examples = "cachetool metrics\n"
                    "cachetool metrics -q --textfile=/var/lib/prometheus/node-exporter/cachetool.prom",
        .run = show_metrics,
        .targets = target_policy::every_found,
        .scope = target_scope::pool},
    command_spec{.name = "agent:install",
                 .description = "Installs the agent for a php-fpm that sees no other file of this machine's",
                 .help = "Root only. Use it with --agent=PATH, or \"agent: PATH\" in the config file.",
                 .arguments = agent_install_arguments,
                 .examples = "cachetool agent:install\n"
                             "cachetool agent:install /srv/shared/agent.php",
                 .run = agent_install,
                 .targets = target_policy::none},
    command_spec{.name = "agent:show",
                 .description = "Prints the agent, for an image or a remote php-fpm",
                 .help = "COPY it into the image, and use it with --agent=PATH: cachetool agent:show > agent.php",
                 .examples = "cachetool agent:show > agent.php",
                 .run = agent_show,
                 .targets = target_policy::none},
    command_spec{.name = "apcu:cache:clear",
                 .description = "Clears APCu cache",
                 .options = show_options,
                 .examples = "cachetool apcu:cache:clear\n"
                             "cachetool apcu:cache:clear --fcgi=/run/php/php8.2-fpm.sock",
                 .run = apcu_cache_clear,
                 .targets = target_policy::one_found,
                 .once = true},
    command_spec{.name = "apcu:cache:info",
                 .description = "Shows APCu user & system cache information",
                 .options = watch_options,
                 .examples = "cachetool apcu:cache:info\n"
                             "cachetool apcu:cache:info --format=json",
                 .run = watched<apcu_cache_info>},
    command_spec{.name = "apcu:cache:info:keys",
                 .description = "Shows APCu keys cache information",
                 .options = show_options,
                 .examples = "cachetool apcu:cache:info:keys\n"
                             "cachetool apcu:cache:info:keys --format=csv",
                 .run = apcu_cache_info_keys,
                 .targets = target_policy::one_found},
    command_spec{.name = "apcu:key:delete",
                 .description = "Deletes an APCu key",
                 .arguments = key_arguments,
                 .examples = "cachetool apcu:key:delete rates",
                 .run = apcu_key_delete,
                 .targets = target_policy::one_found,
                 .once = true},
    command_spec{.name = "apcu:key:exists",
                 .description = "Checks if an APCu key exists",
                 .options = show_options,
                 .arguments = key_arguments,
                 .examples = "cachetool apcu:key:exists rates",
                 .run = apcu_key_exists,
                 .targets = target_policy::one_found},
    command_spec{.name = "apcu:key:fetch",
                 .description = "Shows the content of an APCu key",
                 .options = show_options,
                 .arguments = key_arguments,
                 .examples = "cachetool apcu:key:fetch rates\n"
                             "cachetool apcu:key:fetch rates --format=json",
                 .run = apcu_key_fetch,
                 .targets = target_policy::exactly_one},
    command_spec{.name = "apcu:key:store",
                 .description = "Store an APCu key with given value",
                 .arguments = store_arguments,
                 .examples = "cachetool apcu:key:store maintenance 1\n"
                             "cachetool apcu:key:store maintenance 1 600",
                 .run = apcu_key_store,
                 .targets = target_policy::one_found,
                 .once = true},
    command_spec{.name = "apcu:regexp:delete",
                 .description = "Deletes all APCu key matching a regexp",
                 .help = "With --format=json or csv it lists the keys that it deleted.",
                 .options = regexp_delete_options,
                 .arguments = regexp_arguments,
                 .examples = "cachetool apcu:regexp:delete '/^rates\\./'\n"
                             "cachetool apcu:regexp:delete --dry-run '/^rates\\./'",
                 .run = apcu_regexp_delete,
                 .targets = target_policy::one_found},
    command_spec{.name = "apcu:sma:info",
                 .description = "Show APCu shared memory allocation information",
                 .options = watch_options,
                 .examples = "cachetool apcu:sma:info",
                 .run = watched<apcu_sma_info>},
    command_spec{
        .name = "deploy:finish",
        .description = "Makes every worker serve the release that a link leads to now",
        .help =
            "Run it after the link was switched. It clears the realpath cache of every worker of every pool, "
            "then makes the names below the link lead to the new release in OPcache, without a reset. "
            "Without CURRENT it finds out which links were switched since php-fpm last looked. It tries to reach every "
            "worker for --deadline (300 s) at most.",
        .options = deploy_finish_options,
        .arguments = current_arguments,
        .examples = "cachetool deploy:finish /srv/app/current\n"
                    "cachetool deploy:finish",
        .run = deploy_finish,
        .once = true,
        .keeps_deadline = true,
        .of_site = true},
    command_spec{
        .name = "deploy:switch",
        .description = "Compiles a release, switches the link to it, and makes every worker serve it",
        .help = "deploy:warm, the link switched in one step, and deploy:finish. It is the rollback too. It tries to "
                "reach every worker for 300 s at most after the link was switched, or for what is left of --deadline.",
        .options = deploy_switch_options,
        .arguments = switch_arguments,
        .examples = "cachetool deploy:switch /srv/app/current /srv/app/releases/42\n"
                    "cachetool deploy:switch --dry-run /srv/app/current /srv/app/releases/42",
        .run = deploy_switch,
        .once = true,
        .keeps_deadline = true,
        .of_site = true},
    command_spec{
        .name = "deploy:warm",
        .description = "Compiles a release before it goes live",
        .help = "Compiles what is cached of the release that runs: the one to which the link current beside the "
                "releases, or beside their directory, leads. Without one, every *.php. It changes nothing of what is "
                "served, also if the release was live before.",
        .options = warm_options,
        .arguments = release_arguments,
        .examples = "cachetool deploy:warm /srv/app/releases/42",
        .run = deploy_warm,
        .of_site = true},
    command_spec{.name = "fpm:check",
                 .description = "Checks the workers of each pool, as a monitoring plugin does",
                 .help =
                     "For Nagios, Icinga, Zabbix and cron: one line, and 0 to 3 for OK, WARNING, CRITICAL, UNKNOWN. "
                     "A range is 10, 10:, ~:10, 10:20 or @10:20, as plugins have it; outside of it is an alert.",
                 .options = fpm_check_options,
                 .examples = "cachetool fpm:check\n"
                             "cachetool fpm:check --only-problems --warning=busy=80",
                 .run = fpm_check,
                 .targets = target_policy::every_found,
                 .scope = target_scope::pool,
                 .is_plugin = true},
    command_spec{.name = "fpm:list",
                 .description = "Lists every php-fpm that runs on this machine, and its pools",
                 .help =
                     "Says of each pool whether you can reach it, and if not, why; with -v also the directories that "
                     "its configuration names for its sites. As root it sees the most.",
                 .options = show_options,
                 .examples = "cachetool fpm:list\n"
                             "cachetool fpm:list -v",
                 .run = fpm_list,
                 .targets = target_policy::none},
    command_spec{
        .name = "fpm:status",
        .description = "Shows what php-fpm counts of each pool",
        .help = "The pools need no pm.status_path. Only on the machine, and in the container, where php-fpm runs.",
        .options = watch_options,
        .examples = "cachetool fpm:status\n"
                    "cachetool fpm:status --pool=www --format=json",
        .run = watched<fpm_status>,
        .scope = target_scope::pool},
    command_spec{.name = "fpm:workers",
                 .description = "Shows each worker, and the request that it runs or ran last",
                 .help =
                     "Without the worker that answers. The pools need no pm.status_path. Only on the machine, and in "
                     "the container, where php-fpm runs.",
                 .options = watch_options,
                 .examples = "cachetool fpm:workers\n"
                             "cachetool fpm:workers --pool=www",
                 .run = watched<fpm_workers>,
                 .scope = target_scope::pool},
    command_spec{.name = "opcache:check",
                 .description = "Checks the opcode cache, as a monitoring plugin does",
                 .help =
                     "For Nagios, Icinga, Zabbix and cron: one line, and 0 to 3 for OK, WARNING, CRITICAL, UNKNOWN. "
                     "A range is 10, 10:, ~:10, 10:20 or @10:20, as plugins have it; outside of it is an alert.",
                 .options = opcache_check_options,
                 .examples = "cachetool opcache:check\n"
                             "cachetool opcache:check --only-problems --warning=memory=90",
                 .run = opcache_check,
                 .targets = target_policy::every_found,
                 .is_plugin = true},
    command_spec{.name = "opcache:compile:script",
                 .description = "Compile a given script to the opcode cache",
                 .options = show_options,
                 .arguments = script_arguments,
                 .examples = "cachetool opcache:compile:script /srv/app/current/public/index.php",
                 .run = opcache_compile_script,
                 .targets = target_policy::one_found,
                 .once = true},
    command_spec{
        .name = "opcache:compile:scripts",
        .description = "Compile scripts from path to the opcode cache",
        .help =
            "Sends a hundred files in a request. It names a file that does not compile, goes on with the others, and "
            "the exit code is 1. It takes only *.php, without names that begin with a dot and paths that hold Tests "
            "or tests.",
        .options = compile_options,
        .arguments = directory_arguments,
        .examples = "cachetool opcache:compile:scripts /srv/app/current\n"
                    "cachetool opcache:compile:scripts --batch --exclude=vendor /srv/app/current",
        .run = opcache_compile_scripts,
        .targets = target_policy::one_found,
        .once = true},
    command_spec{.name = "opcache:configuration",
                 .description = "Get configuration information about the cache",
                 .options = show_options,
                 .examples = "cachetool opcache:configuration\n"
                             "cachetool opcache:configuration --format=json",
                 .run = opcache_configuration},
    command_spec{.name = "opcache:invalidate:scripts",
                 .description = "Remove scripts from the opcode cache",
                 .options = invalidate_options,
                 .arguments = pattern_arguments,
                 .examples = "cachetool opcache:invalidate:scripts '/srv/app/src/.*'\n"
                             "cachetool opcache:invalidate:scripts --force --dry-run --path=/srv/app/releases/41",
                 .run = opcache_invalidate_scripts,
                 .targets = target_policy::one_found,
                 .once = true},
    command_spec{
        .name = "opcache:prune",
        .description = "Forgets the scripts of dead releases, and of files that no longer exist",
        .help = "Says how much memory is wasted, and when a reset is worth it. Without --keep it forgets only "
                "scripts whose files are gone. Run it when the requests have ended that began before the last switch.",
        .options = prune_options,
        .examples = "cachetool opcache:prune --keep=/srv/app/current\n"
                    "cachetool opcache:prune --dry-run --keep=/srv/app/current",
        .run = opcache_prune,
        .targets = target_policy::one_found,
        .once = true},
    command_spec{
        .name = "opcache:refresh",
        .description = "Brings scripts up to date that were changed in place, without a reset",
        .help = "Finds the cached scripts at or below the paths whose files changed or went away, and compiles them "
                "one by one, "
                "so gently that a busy pool does not feel it. Where php-fpm does not look for changes itself "
                "(opcache.validate_timestamps=0) it takes everything that may have changed since it was cached.",
        .options = refresh_options,
        .arguments = refresh_arguments,
        .examples = "cachetool opcache:refresh /srv/app\n"
                    "git diff --name-only -z HEAD@{1} | cachetool opcache:refresh --from-list=-",
        .run = opcache_refresh,
        .targets = target_policy::one_found,
        .once = true},
    command_spec{.name = "opcache:report",
                 .description = "Makes one page to look at: what the figures mean, and what to change",
                 .help = "A web page that needs no network, with a map of the scripts, lists and all settings: "
                         "opcache:report report.html. Several php-fpm make one page with a part for each.",
                 .options = report_options,
                 .arguments = report_arguments,
                 .examples = "cachetool opcache:report report.html",
                 .run = opcache_report},
    command_spec{
        .name = "opcache:reset",
        .description = "Resets the contents of the opcode cache",
        .help =
            "Schedules a restart of OPcache and looks for at most a second whether PHP has performed it. PHP does so "
            "when "
            "no running request uses the cache any more. With --wait it goes on until that is so, and names what it "
            "waits "
            "for; if it is not so in time, the exit code is 4. For cron: opcache:reset --wait --safe --if-wasted=20 -q",
        .options = reset_options,
        .examples = "cachetool opcache:reset\n"
                    "cachetool opcache:reset --graceful\n"
                    "cachetool opcache:reset --wait --safe --if-wasted=20 -q",
        .run = opcache_reset,
        .once = true,
        .keeps_deadline = true},
    command_spec{
        .name = "opcache:reset:file-cache",
        .description = "Deletes all contents of the file cache directory",
        .help = "Works inside php-fpm, as its user. Follows no link, and deletes nothing in a directory that holds "
                "anything but OPcache's files.",
        .options = file_cache_options,
        .examples = "cachetool opcache:reset:file-cache --force",
        .run = opcache_reset_file_cache,
        .targets = target_policy::one_found},
    command_spec{.name = "opcache:status",
                 .description = "Show summary information about the opcode cache",
                 .options = watch_options,
                 .examples = "cachetool opcache:status\n"
                             "cachetool opcache:status --fcgi=/run/php/php8.2-fpm.sock --format=json",
                 .run = watched<opcache_status>},
    command_spec{.name = "opcache:status:scripts",
                 .description = "Show scripts in the opcode cache",
                 .options = scripts_options,
                 .examples = "cachetool opcache:status:scripts --sort=memory --limit=20\n"
                             "cachetool opcache:status:scripts --exclude=.*vendor.*",
                 .run = opcache_status_scripts},
    command_spec{.name = "opcache:top",
                 .description = "Shows the cache, and what the workers do, on a screen that is drawn again and again",
                 .help = "w: what the workers do, h, m and g: scripts by hits, by memory, and by hits since the sample "
                         "before, Tab: another php-fpm, ?: help, q: the end.",
                 .options = top_options,
                 .examples = "cachetool opcache:top\n"
                             "cachetool opcache:top --interval=5 --pool=www",
                 .run = opcache_top},
    command_spec{.name = "php:eval",
                 .description = "Run arbitrary PHP code from an argument or file",
                 .help = "What the code prints is shown first, then what it returns: cachetool php:eval -r 'return "
                         "gethostname();'",
                 .options = eval_options,
                 .examples = "cachetool php:eval -r 'return ini_get(\"memory_limit\");'\n"
                             "cachetool php:eval --file=check.php",
                 .run = php_eval,
                 .targets = target_policy::exactly_one},
    command_spec{.name = "self:update",
                 .description = "Says how this program is updated",
                 .options = self_update_options,
                 .arguments = self_update_arguments,
                 .examples = "cachetool self:update",
                 .run = self_update,
                 .targets = target_policy::none,
                 .aliases = "update|self-update"},
    command_spec{.name = "stat:clear",
                 .description = "Clears the file status cache, including the realpath cache",
                 .help = "Each worker has a cache of its own: it asks until every worker of the pool has answered, for "
                         "--deadline (30 s) at "
                         "most.",
                 .options = show_options,
                 .examples = "cachetool stat:clear\n"
                             "cachetool stat:clear --pool=www",
                 .run = stat_clear,
                 .scope = target_scope::pool,
                 .keeps_deadline = true},
    command_spec{.name = "stat:realpath_get",
                 .description = "Show summary information of realpath cache entries",
                 .help = "Of one worker: each has a cache of its own.",
                 .options = show_options,
                 .examples = "cachetool stat:realpath_get",
                 .run = stat_realpath_get,
                 .targets = target_policy::one_found},
    command_spec{.name = "stat:realpath_size",
                 .description = "Display size of realpath cache",
                 .help = "Of one worker: each has a cache of its own.",
                 .options = watch_options,
                 .examples = "cachetool stat:realpath_size",
                 .run = watched<stat_realpath_size>,
                 .targets = target_policy::one_found},
};

}  // namespace

std::span<option_spec const> global_options() noexcept {
  return global_table;
}

std::span<command_spec const> commands() noexcept {
  return command_specs;
}

}  // namespace cachetool::cli
