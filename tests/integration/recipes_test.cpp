// The lines that the documents tell people to run are run, as people and their tools run them. What fails in its first
// half does no harm.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "document_desk.hpp"
#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/php_build.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;
namespace fs = std::filesystem;

namespace {

std::string many_functions(std::string const& name, int count) {
  std::string code = "<?php";
  for (int i = 0; i < count; ++i) code += " function " + name + "_" + std::to_string(i) + "($a) { return $a + 1; }";
  return code;
}

/// Some 650 KiB of the cache for each script.
void waste(php_fpm const& server, int scripts) {
  for (int i = 0; i < scripts; ++i) {
    std::string const name = "wasted" + std::to_string(i);
    auto const script = server.write_script(name + ".php", many_functions(name, 1500));
    static_cast<void>(run_script(server, script));
    evaluate(server, "return opcache_invalidate('" + script + "', true);");
  }
}

/// Of /etc/cron.d: what the variables are, and the command of the job.
struct cron_file {
  std::map<std::string, std::string> variables{{"PATH", "/usr/bin:/bin"}};  // cron's own
  std::string user;
  std::string command;
};

cron_file read_cron(std::string const& text) {
  cron_file out;
  std::istringstream in(text);
  static std::regex const variable("^([A-Z_]+)=(.*)$");
  static std::regex const job(R"(^(?:\S+\s+){5}(\S+)\s+(.*)$)");
  for (std::string line; std::getline(in, line);) {
    std::smatch found;
    if (std::regex_match(line, found, variable)) {
      out.variables[found[1]] = found[2];
    } else if (std::regex_match(line, found, job)) {
      out.user = found[1];
      out.command = found[2];
    }
  }
  return out;
}

/// As cron runs it, with the program in /usr/local/bin, which is another directory for this command alone.
program_result run_by_cron(desk const& on, cron_file const& file) {
  program_options options;
  options.path = "/usr/bin/unshare";
  options.environment = file.variables;
  options.environment["CACHETOOL_FCGI"] = on.socket();  // as a further line of the file would set it
  options.environment["HOME"] = "/root";
  return run_program({"--mount", "/bin/sh", "-c", R"(mount --bind "$0" /usr/local/bin && exec /bin/sh -c "$1")",
                      on.bin(), on.here(file.command)},
                     options);
}

constexpr auto deployer = R"(<?php
// What deploy.php is run by, as far as the recipe needs it.
$tasks = $hooks = array();
$places = array('{{release_path}}' => getenv('RELEASE'), '{{deploy_path}}' => getenv('SITE'));
function task($name, $body) { global $tasks; $tasks[$name] = $body; }
function before($name, $do) { global $hooks; $hooks['before'][$name][] = $do; }
function after($name, $do) { global $hooks; $hooks['after'][$name][] = $do; }
function writeln($text) { echo $text, "\n"; }
function run($command) {
  global $places;
  exec(strtr($command, $places), $lines, $code); // of which nobody sees anything
  if ($code !== 0) { fwrite(STDERR, implode("\n", $lines)); exit($code); }
  return implode("\n", $lines);
}
function invoke($name) {
  global $tasks, $hooks;
  foreach ($hooks['before'][$name] ?? array() as $each) { invoke($each); }
  $tasks[$name]();
  foreach ($hooks['after'][$name] ?? array() as $each) { invoke($each); }
}
task('deploy:symlink', fn () => run('ln -sfn {{release_path}} {{deploy_path}}/current'));
task('rollback', fn () => run('ln -sfn {{deploy_path}}/releases/41 {{deploy_path}}/current'));
require getenv('RECIPE');
invoke($argv[1]);
)";

program_result run_deployer(desk const& on, std::string const& task, std::string const& release,
                            std::string const& recipe = block("deploying.md", "task('cachetool:warm'")) {
  std::ofstream(on.place("deployer.php")) << deployer;
  std::ofstream(on.place("deploy.php")) << "<?php\n" << recipe;
  auto const php = find_php(wanted_php());
  program_options options;
  options.path = php->cli;
  options.environment = on.environment();
  for (auto const& each : php->environment()) {
    auto const at = each.find('=');
    if (!each.starts_with("PATH=")) options.environment[each.substr(0, at)] = each.substr(at + 1);
  }
  options.environment["RELEASE"] = release;
  options.environment["SITE"] = on.here("/srv/site");
  options.environment["RECIPE"] = on.place("deploy.php");
  return run_program({"-n", on.place("deployer.php"), task}, options);
}

bool has_php() {
  auto const php = find_php(wanted_php());
  return php && access(php->cli.c_str(), X_OK) == 0 && wanted_php() != "7.4";
}

}  // namespace

TEST_CASE("each block of the documents about deploying is run by one of these tests") {
  std::map<std::string, std::vector<std::string>> const known{
      {"deploying.md",
       {"cachetool deploy:switch ", "rsync ", "cd {{ release }} && ", "task('cachetool:warm'", "namespace :cachetool",
        "PATH="}},
      {"pruning.md", {"cachetool opcache:prune ", "php=--fcgi"}},
      {"refreshing.md", {"cd /srv/app && ", "git diff "}},
      {"migrating.md", {"cp /usr/share/cachetool/"}},
      {"warming.md", {"cachetool deploy:warm "}},
      {"opcache.md", {"PATH="}}};
  for (auto const& [document, begins] : known) {
    for (std::string const& each : blocks_of(document)) {
      INFO(document << ": " << each);
      CHECK(
          std::any_of(begins.begin(), begins.end(), [&](std::string const& begin) { return each.starts_with(begin); }));
    }
  }
}

TEST_CASE("the first command of the document about deploying puts a release live") {
  desk on;
  auto const result = on.shell(block("deploying.md", "cachetool deploy:switch "));
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(on.live() == "42");
  CHECK(on.seen() == all_of("42"));
}

TEST_CASE("each line that README.md has for deployments makes a release live whose link was switched") {
  desk on;
  SECTION("Envoyer's hook") {
    on.pages().link("42");
    auto const result = on.shell(block("../README.md", "cachetool opcache:reset --graceful"));
    INFO(result.err);
    CHECK(result.exit_code == 0);
  }
  SECTION("Deployer's tasks") {
    if (!has_php()) return skip("needs php");
    auto const recipe = block("../README.md", "task('cachetool'");
    auto const result = run_deployer(on, "deploy:symlink", on.pages().release("42"), recipe);
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(result.out.find("(pool www)") != std::string::npos);
  }
  SECTION("cron's line") {
    if (!is_root()) return skip("needs root");
    on.pages().link("42");
    auto const result = run_by_cron(on, read_cron(block("../README.md", "PATH=")));
    CHECK(result.exit_code == 0);
    CHECK((result.out + result.err).empty());
  }
  CHECK(on.seen() == all_of("42"));
  CHECK(on.resets() == 0);
}

TEST_CASE("the stub takes the place of CacheTool's phar") {
  if (!is_there("php")) return skip("needs php");
  desk on;
  std::string const stub = std::string(CACHETOOL_DOCS) + "/../src/stub/cachetool.php";
  auto const lines = replaced(block("migrating.md", "cp "), "/usr/share/cachetool/cachetool.phar", stub);
  auto const result = on.shell(lines, fs::path(on.place("deploy")).parent_path());
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(on.resets() == 1);
}

TEST_CASE("the recipe for a shell uploads a release and puts it live") {
  desk on;
  fs::rename(on.pages().release("42"), on.place("build"));
  if (!is_there("rsync")) make_program(on.bin() + "/rsync", "exec cp -R \"$2\" \"$3\"");
  auto const result = on.shell(block("deploying.md", "rsync "), fs::path(on.place("build")).parent_path());
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(on.seen() == all_of("42"));
}

TEST_CASE("a release that was uploaded in part does not go live by the recipe for a shell") {
  desk on;
  fs::remove(on.pages().release("42") + "/rel.php");
  make_program(on.bin() + "/rsync", "exit 23");
  auto const result = on.shell(block("deploying.md", "rsync ") + "echo went on");
  CHECK(result.exit_code == 23);
  CHECK(result.out.empty());
  CHECK(on.live() == "41");
  CHECK(on.seen() == all_of("41"));
}

TEST_CASE("Envoyer's hooks put a release live, and end the deployment of one that does not compile") {
  desk on;
  auto const hooks = block("deploying.md", "cd {{ release }}");
  auto const hook = [&](std::size_t number) {
    return on.shell(replaced(line_of(hooks, number), "{{ release }}", on.pages().release("42")));
  };
  SECTION("one that compiles") {
    CHECK(hook(0).exit_code == 0);
    on.pages().link("42");
    auto const result = hook(1);
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "is served"));
    CHECK(on.seen() == all_of("42"));
  }
  SECTION("one that does not") {
    on.pages().write("42", "abs.php", "<?php this is bad");
    CHECK(hook(0).exit_code == 1);
    CHECK(on.seen() == all_of("41"));
  }
  SECTION("one that is not there") {
    fs::remove_all(on.pages().release("42"));
    CHECK(hook(0).exit_code != 0);
    CHECK(on.seen() == all_of("41"));
  }
}

TEST_CASE("Deployer's tasks put a release live and back, and show what is said") {
  if (!has_php())
    return does_not_apply("the recipe's functions are of PHP 7.4 and later, and need php on the command line");
  desk on;
  auto const forth = run_deployer(on, "deploy:symlink", on.pages().release("42"));
  INFO(forth.out << forth.err);
  CHECK(forth.exit_code == 0);
  CHECK(contains(forth.out, "3 scripts compiled"));
  CHECK(contains(forth.out, "is served"));
  CHECK(on.seen() == all_of("42"));
  auto const back = run_deployer(on, "rollback", on.pages().release("41"));
  INFO(back.out << back.err);
  CHECK(back.exit_code == 0);
  CHECK(contains(back.out, "is served"));
  CHECK(on.seen() == all_of("41"));
}

TEST_CASE("Deployer shows why OPcache had to be reset") {
  if (!has_php())
    return does_not_apply("the recipe's functions are of PHP 7.4 and later, and need php on the command line");
  auto options = options_for(4);
  options.pools.front().lines.emplace_back("php_admin_value[disable_functions] = getmypid");
  desk on(std::move(options));
  auto const result = run_deployer(on, "deploy:symlink", on.pages().release("42"));
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "OPcache reset, confirmed"));
  CHECK(contains(result.out, "because nobody tells which workers"));
  CHECK(on.seen() == all_of("42"));
}

TEST_CASE("Deployer ends a deployment whose release does not compile, before it is live") {
  if (!has_php())
    return does_not_apply("the recipe's functions are of PHP 7.4 and later, and need php on the command line");
  desk on;
  on.pages().write("42", "abs.php", "<?php this is bad");
  auto const result = run_deployer(on, "deploy:symlink", on.pages().release("42"));
  CHECK(result.exit_code == 1);
  CHECK(contains(result.err, "did not compile"));
  CHECK(on.live() == "41");
  CHECK(on.seen() == all_of("41"));
}

TEST_CASE("Capistrano's tasks put a release live, and end the deployment of one that does not compile") {
  if (!is_there("ruby")) return does_not_apply("there is no ruby to read deploy.rb");
  constexpr auto capistrano = R"(
$tasks = {}; $hooks = Hash.new { |all, name| all[name] = [] }; $space = []
def namespace(name) $space.push(name); yield; $space.pop end
def task(name, &body) $tasks[($space + [name]).join(':')] = body end
def before(name, other) $hooks[['before', name]] << other end
def after(name, other) $hooks[['after', name]] << other end
def roles(*names) names end
def release_path() ENV['RELEASE'] end
def current_path() ENV['SITE'] + '/current' end
def on(roles) yield end
def within(path) Dir.chdir(path) { yield } end
def execute(*words) system(words.map { |word| word.to_s }.join(' ')) or exit $?.exitstatus end
def invoke(name)
  $hooks[['before', name]].each { |each| invoke(each) }
  $tasks[name].call
  $hooks[['after', name]].each { |each| invoke(each) }
end
namespace(:deploy) { namespace(:symlink) { task(:release) { execute 'ln', '-sfn', release_path, current_path } } }
load ARGV[0]
invoke 'deploy:symlink:release'
)";
  desk on;
  std::ofstream(on.place("capistrano.rb")) << capistrano;
  std::ofstream(on.place("deploy.rb")) << block("deploying.md", "namespace :cachetool");
  auto const deploy = [&] {
    return on.shell("RELEASE='" + on.pages().release("42") + "' SITE='" + on.pages().directory() + "' exec ruby '" +
                    on.place("capistrano.rb") + "' '" + on.place("deploy.rb") + "'");
  };
  SECTION("one that compiles") {
    auto const result = deploy();
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "is served"));
    CHECK(on.seen() == all_of("42"));
  }
  SECTION("one that does not") {
    on.pages().write("42", "abs.php", "<?php this is bad");
    CHECK(deploy().exit_code == 1);
    CHECK(on.live() == "41");
    CHECK(on.seen() == all_of("41"));
  }
}

TEST_CASE("cron's line forgets dead releases and says nothing, and does no harm where there is no site") {
  if (!is_root()) return skip("needs root");
  desk on;
  auto const cron = read_cron(block("deploying.md", "PATH="));
  CHECK(cron.user == "root");
  REQUIRE(switch_to(on.server(), on.pages(), "42").exit_code == 0);
  auto const count_old = [&] {
    return evaluate(on.server(),
                    "return count(array_filter(array_keys(opcache_get_status()['scripts']), function ($path) { "
                    "return strpos($path, '/releases/41/') && opcache_is_script_cached($path); }));")
        .as_int();
  };
  SECTION("it works as cron runs it") {
    CHECK(count_old() > 0);
    auto const result = run_by_cron(on, cron);
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK((result.out + result.err).empty());
    CHECK(count_old() == 0);
    CHECK(on.seen() == all_of("42"));
  }
  SECTION("without the line that sets PATH cron finds no program there") {
    auto bare = cron;
    bare.variables["PATH"] = cron_file().variables["PATH"];
    CHECK(run_by_cron(on, bare).exit_code == 127);
  }
  SECTION("where the link is gone nothing is forgotten") {
    auto const before = count_old();
    fs::remove(on.pages().current());
    CHECK(run_by_cron(on, cron).exit_code == 1);
    CHECK(count_old() == before);
  }
}

TEST_CASE("cron's line resets a wasted cache in a quiet hour, and no other") {
  if (!is_root()) return skip("needs root");
  auto options = options_for(4);
  options.ini["opcache.memory_consumption"] = "8";
  options.ini["opcache.interned_strings_buffer"] = "1";
  desk on(std::move(options));
  auto const cron = read_cron(block("opcache.md", "PATH="));
  CHECK(cron.user == "root");
  auto const before = on.resets();
  auto const none = run_by_cron(on, cron);
  INFO(none.err);
  CHECK(none.exit_code == 0);
  CHECK((none.out + none.err).empty());
  CHECK(on.resets() == before);
  waste(on.server(), 4);
  auto const result = run_by_cron(on, cron);
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK((result.out + result.err).empty());
  CHECK(on.resets() == before + 1);
}

TEST_CASE("the line that prunes, and resets where that is worth it, resets nothing else") {
  if (!is_there("jq")) return skip("needs jq");
  auto options = options_for(4);
  options.ini["opcache.memory_consumption"] = "8";
  options.ini["opcache.interned_strings_buffer"] = "1";
  desk on(std::move(options));
  auto const recipe = block("pruning.md", "php=--fcgi");
  auto const before = on.resets();
  SECTION("where it does not pay") {
    on.shell(recipe);
    CHECK(on.resets() == before);
  }
  SECTION("where it is worth it") {
    on.pages().write("41", "large.php", many_functions("live", 2200));
    static_cast<void>(run_script(on.server(), on.pages().release("41") + "/large.php"));
    waste(on.server(), 6);
    auto const result = on.shell(recipe);
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "confirmed"));
    CHECK(on.resets() == before + 1);
  }
  SECTION("where the prune fails") {
    fs::remove(on.pages().current());
    CHECK(on.shell(recipe).exit_code == 1);
    CHECK(on.resets() == before);
  }
  SECTION("where there is no jq") {
    make_program(on.bin() + "/jq", "exit 127");
    CHECK(on.shell(recipe).exit_code != 0);
    CHECK(on.resets() == before);
  }
}

TEST_CASE("the command that forgets dead releases is as the document about pruning shows it") {
  desk on;
  REQUIRE(switch_to(on.server(), on.pages(), "42").exit_code == 0);
  auto const result = on.shell(block("pruning.md", "cachetool opcache:prune "));
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "1 script forgotten"));
  CHECK(on.seen() == all_of("42"));
}

TEST_CASE("the command that warms a release is as the document about warming shows it") {
  desk on;
  auto const result = on.shell(block("warming.md", "cachetool deploy:warm "));
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "3 scripts compiled"));
  CHECK(on.seen() == all_of("41"));
}

TEST_CASE("what git pulls is served after the lines that refresh it, and nothing is done where git fails") {
  if (!is_there("git")) return skip("needs git");
  desk on;
  auto const git = [&](std::string const& text) {
    auto const result = on.shell("set -e; cd '" + on.place("origin") + "'; " + text);
    INFO(result.out << result.err);
    REQUIRE(result.exit_code == 0);
  };
  fs::create_directory(on.place("origin"));
  git("git init -q -b main . && printf '<?php echo \"old\";' > page.php && git add . && git commit -qm 1 && git clone "
      "-q . /srv/app");
  auto const page = on.place("app") + "/page.php";
  auto const answer = [&] { return run_script(on.server(), page).body; };
  fs::last_write_time(page, fs::file_time_type::clock::now() - std::chrono::hours{1});
  CHECK(answer() == "old");
  git("printf '<?php echo \"new\";' > page.php && git commit -qam 2");
  SECTION("pull and refresh") {
    auto const result = on.shell(block("refreshing.md", "cd /srv/app && "));
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "1 script refreshed"));
    CHECK(answer() == "new");
  }
  SECTION("pull fails") {
    fs::remove_all(on.place("origin"));
    auto const result = on.shell(block("refreshing.md", "cd /srv/app && "));
    CHECK(result.exit_code != 0);
    CHECK_FALSE(contains(result.out, "refreshed"));
    CHECK(answer() == "old");
  }
  SECTION("the list of what changed") {
    auto const pulled = on.shell("cd /srv/app && git pull -q");
    INFO(pulled.err);
    REQUIRE(pulled.exit_code == 0);
    auto const result = on.shell(block("refreshing.md", "git diff "), on.place("app"));
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "1 script refreshed"));
    CHECK(answer() == "new");
  }
  SECTION("no list") {
    auto const result = on.shell(block("refreshing.md", "git diff "), on.place("app"));  // nothing was pulled yet
    CHECK(result.exit_code != 0);
    CHECK_FALSE(contains(result.out, "refreshed"));
  }
}
