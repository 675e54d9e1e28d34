// Pools may disable any function. Each one that the agent calls is taken away alone: every command works, or one
// sentence names the function.

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "adapter/fastcgi_adapter.hpp"
#include "agent/observer.hpp"
#include "agent/operations.hpp"
#include "agent/php_parts.hpp"
#include "doctor/function_checks.hpp"
#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::php_fpm;
namespace fs = std::filesystem;

namespace {

using function_names = std::set<std::string>;

/// The functions of PHP that each of the agent's files calls, by PHP's own tokens.
std::map<std::string, function_names> calls_in_files() {
  php_fpm const server;
  auto const found = test::evaluate(server, R"(
    $skip = array(T_WHITESPACE, T_COMMENT, T_DOC_COMMENT);
    $own = $called = array();
    foreach (glob(')" CACHETOOL_AGENT_FILES R"(/*.php') as $file) {
      if (basename($file) === 'web.php') { continue; }
      $tokens = array_values(array_filter(token_get_all(file_get_contents($file)),
        function ($t) use ($skip) { return !is_array($t) || !in_array($t[0], $skip, true); }));
      $called[basename($file)] = array();
      foreach ($tokens as $i => $t) {
        $next = $tokens[$i + 1] ?? '';
        $before = $tokens[$i - 1] ?? '';
        if (is_array($t) && $t[0] === T_FUNCTION && is_array($next)) { $own[$next[1]] = true; }
        $is_call = is_array($t) && $t[0] === T_STRING && $next === '('
          && !(is_array($before) && in_array($before[0], array(T_FUNCTION, T_NEW, T_OBJECT_OPERATOR, T_DOUBLE_COLON), true));
        $is_named = is_array($t) && $t[0] === T_CONSTANT_ENCAPSED_STRING && is_array($tokens[$i - 2] ?? '')
          && in_array($tokens[$i - 2][1], array('may', 'opcache_call', 'apcu', 'array_map', 'array_filter'), true);
        if ($is_call || $is_named) { $called[basename($file)][trim($t[1], "'")] = true; }
      }
    }
    foreach ($called as $file => $names) {
      $called[$file] = array_values(array_filter(array_keys(array_diff_key($names, $own)), function ($name) {
        return preg_match('/^[a-z_0-9]+$/', $name) && $name !== 'array';
      }));
    }
    return $called;)");
  std::map<std::string, function_names> out;
  for (php::entry const& file : found.entries()) {
    auto& names = out[std::get<std::string>(file.key)];
    for (php::entry const& each : file.item.entries()) names.emplace(each.item.as_string());
  }
  return out;
}

std::vector<std::string> called_functions() {
  auto const all = agent::called_functions();
  return {all.begin(), all.end()};
}

/// As a sentence may name it: also where another stands for it.
bool names(std::string const& text, std::string const& function) {
  return test::contains(text, function + "()");
}

void check_words(test::program_result const& output, std::string const& function) {
  INFO(output.out << output.err);
  CHECK_FALSE(test::contains(output.err, "undefined function"));
  CHECK_FALSE(test::contains(output.out, "undefined function"));
  if (output.exit_code != 0) CHECK(names(output.out + output.err, function));
}

}  // namespace

TEST_CASE("the table of the agent's files has each function that one calls, and no other") {
  auto const calls = calls_in_files();
  CHECK(calls.size() == agent::php_parts().size());
  for (agent::php_part const& part : agent::php_parts()) {
    INFO(part.file);
    function_names listed;
    std::istringstream words{std::string(part.functions)};
    for (std::string word; words >> word;) CHECK(listed.insert(word).second);
    auto const found = calls.find(std::string(part.file));
    REQUIRE(found != calls.end());
    CHECK(listed == found->second);
  }
}

TEST_CASE("where doctor says that no command works without a function, none does, and where it does not one works") {
  test::fpm_options options;
  options.pools.clear();
  auto const functions = doctor::needed_functions();
  for (auto const& each : functions) {
    std::string const name(each.name);
    options.pools.push_back({name, "", "ondemand", 1, {"php_admin_value[disable_functions] = " + name}});
  }
  php_fpm const server{options};
  std::size_t vital = 0;
  for (auto const& each : functions) {
    INFO(each.name);
    bool const none_works = each.without == "no command works";
    vital += none_works ? 1 : 0;
    // The shortest of all.
    auto const output = test::run_program(test::arguments_for(server, {"stat:realpath_size"}, std::string(each.name)));
    if (each.name != "realpath_cache_size") CHECK((output.exit_code != 0) == none_works);
  }
  CHECK(vital > 5);
}

TEST_CASE("an operation that needs a setting refuses where it is off, and names it; the others do without") {
  test::fpm_options options = test::one_pool();
  options.ini = {{"opcache.enable", "0"}, {"apc.enabled", "0"}};
  php_fpm const server{options};
  agent::observer watcher;
  adapter::fastcgi_adapter php(server.endpoint("www"), {}, watcher);
  for (agent::operation const& each : agent::operations()) {
    INFO(each.name);
    agent::call call;
    call.operation = each.name;
    std::string blamed;
    try {
      static_cast<void>(php.run(call));
    } catch (error const& failed) {
      if (failed.blamed() == blame::setting) blamed = failed.blamed_name();
    }
    bool const tells_nothing_when_off = php_fpm::version() == "7.4" && each.name == "opcache.select";
    CHECK(blamed == (tells_nothing_when_off ? "opcache.enable" : each.setting));
  }
}

TEST_CASE("with any one function disabled a command works, or a sentence names the function") {
  auto const functions = called_functions();
  test::fpm_options options;
  options.pools.clear();
  for (std::string const& each : functions) {
    options.pools.push_back(
        {each, "", "ondemand", 1, {"listen.mode = 0666", "php_admin_value[disable_functions] = " + each}});
  }
  options.pools.push_back({"www", "", "ondemand", 1, {"listen.mode = 0666"}});
  options.ini = {{"opcache.validate_timestamps", "0"}};
  php_fpm const server{options};
  auto const page = server.write_script("page.php", "<?php echo 'page';");
  fs::path const directory = server.document_root();
  for (std::string const& each : functions) {
    INFO("without " << each);
    static_cast<void>(test::run_script(server, page));
    for (auto const& arguments :
         std::vector<std::vector<std::string>>{{"opcache:status"},
                                               {"opcache:status:scripts"},
                                               {"opcache:configuration"},
                                               {"opcache:compile:scripts", directory},
                                               {"opcache:refresh", directory},
                                               {"opcache:invalidate:scripts", "page"},
                                               {"opcache:prune", "--keep=" + directory.string()},
                                               {"apcu:cache:info"},
                                               {"apcu:cache:clear"},
                                               {"stat:realpath_get"},
                                               {"stat:clear"},
                                               {"opcache:reset"}}) {
      INFO(arguments.front());
      auto const output = test::run_program(test::arguments_for(server, arguments, each));
      check_words(output, each);
    }
  }
}

TEST_CASE("with any one function disabled a release goes live, or the deployment fails with a sentence that names it") {
  for (std::string const& each : called_functions()) {
    INFO("without " << each);
    test::site of;
    auto options = test::options_for(2);
    options.ini["disable_functions"] = each;
    php_fpm const server{options};
    CHECK(test::visits(server, of, 2) == test::visits(server, of, 2));
    auto const output = test::switch_to(server, of, "2");
    check_words(output, each);
    INFO(output.out << output.err);
    if (output.exit_code == 0) CHECK(test::visits(server, of, 6) == test::texts{"2 2 2"});
  }
}

TEST_CASE("with any one function disabled --graceful has the release served, or fails with a sentence that names it") {
  for (agent::php_part const& part : agent::php_parts()) {
    if (!part.file.starts_with("site_") && part.file != "follow.php" && part.file != "breathe.php") continue;
    std::istringstream words{std::string(part.functions)};
    for (std::string each; words >> each;) {
      INFO("without " << each);
      test::site of;
      auto options = test::options_for(2);
      options.ini["disable_functions"] = each;
      php_fpm const server{options};
      CHECK(test::visits(server, of, 4) == test::texts{"1 1 1"});
      of.link("2");
      auto const output = test::call(server, {"opcache:reset", "--graceful"});
      check_words(output, each);
      INFO(output.out << output.err);
      if (output.exit_code == 0) CHECK(test::visits(server, of, 6) == test::texts{"2 2 2"});
    }
  }
}

TEST_CASE("with any two functions disabled a release that is said to be served is") {
  auto const seed = std::random_device{}();
  UNSCOPED_INFO("seed " << seed);
  std::mt19937 random(seed);
  auto const functions = called_functions();
  std::uniform_int_distribution<std::size_t> any(0, functions.size() - 1);
  for (int round = 0; round < 25; ++round) {
    std::string const pair = functions[any(random)] + "," + functions[any(random)];
    INFO("without " << pair);
    test::site of;
    auto options = test::options_for(2);
    options.ini["disable_functions"] = pair;
    php_fpm const server{options};
    CHECK(test::visits(server, of, 2) == test::visits(server, of, 2));
    auto const output = test::switch_to(server, of, "2");
    INFO(output.out << output.err);
    CHECK_FALSE(test::contains(output.out + output.err, "undefined function"));
    if (output.exit_code == 0) CHECK(test::visits(server, of, 6) == test::texts{"2 2 2"});
  }
}

TEST_CASE("a setting that the pool pins is no reason to serve the release before") {
  for (std::string const line :
       {"php_admin_value[opcache.validate_timestamps] = 1", "php_admin_value[opcache.validate_timestamps] = 0",
        "php_admin_value[opcache.revalidate_freq] = 60", "php_admin_value[disable_functions] = ini_restore",
        "php_admin_value[disable_functions] = ini_set,ini_get"}) {
    INFO(line);
    test::site of;
    auto options = test::options_for(2, true);
    options.pools.front().lines.push_back(line);
    php_fpm const server{options};
    CHECK(test::visits(server, of, 4) == test::texts{"1 1 1"});
    auto const output = test::switch_to(server, of, "2");
    INFO(output.out << output.err);
    CHECK(output.exit_code == 0);
    CHECK(test::visits(server, of, 6) == test::texts{"2 2 2"});
  }
}

TEST_CASE("an edit is noticed after a switch where ini_restore() is disabled and PHP looks at timestamps") {
  test::site of;
  auto options = test::options_for(2, true);
  options.ini["opcache.revalidate_freq"] = "0";
  options.pools.front().lines.push_back("php_admin_value[disable_functions] = ini_restore");
  php_fpm const server{options};
  static_cast<void>(test::visits(server, of, 4));
  CHECK(test::switch_to(server, of, "2").exit_code == 0);
  CHECK(test::visits(server, of, 4) == test::texts{"2 2 2"});
  of.build("2", "edited");
  for (auto const& file : fs::recursive_directory_iterator(of.release("2"))) {
    if (file.is_regular_file()) fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::minutes(1));
  }
  CHECK(test::visits(server, of, 4) == test::texts{"edited edited edited"});
}

TEST_CASE("deploy:finish without opcache_get_status() resets, and says that nothing tells whether that took place") {
  test::site of;
  auto options = test::options_for(2);
  options.ini["disable_functions"] = "opcache_get_status";
  php_fpm const server{options};
  CHECK(test::visits(server, of, 4) == test::texts{"1 1 1"});
  of.link("2");
  auto const output = test::finish(server, of);
  INFO(output.out << output.err);
  CHECK(output.exit_code == 0);
  CHECK(test::contains(output.out, "nothing tells whether it took place"));
  CHECK(test::visits(server, of, 6) == test::texts{"2 2 2"});
}
