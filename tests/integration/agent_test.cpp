// The agent gets its answer through whatever a pool does around scripts, and leaves no trace in it.

#include <algorithm>
#include <thread>

#include "agent/agent.hpp"
#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/php_build.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

std::string const swallow = "ob_start(function ($text) { return $text; }, 0, 0);";

void check_status(php_fpm const& server) {
  auto const result = call(server, {"opcache:status"});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "| Enabled "));
}

/// Exit code 5 and one line that says what came instead of the agent's answer.
void check_not_run(php_fpm const& server, std::string const& part) {
  auto const result = call(server, {"opcache:status"});
  CHECK(result.exit_code == 5);
  CHECK(result.out.empty());
  CHECK(contains(result.err, "error: opcache:status on "));
  CHECK(contains(result.err, part));
}

/// The agent at a path, requested as a web server would: without our parameters.
fastcgi::response request_agent(php_fpm const& server, std::vector<std::pair<std::string, std::string>> extra = {}) {
  auto const script = server.write_script("agent.php", agent::complete().text);
  auto request = request_for(script);
  for (auto& each : extra) request.params.push_back(std::move(each));
  return fastcgi::client{server.endpoint()}.execute(request);
}

}  // namespace

TEST_CASE("the agent answers in the pool of an ordinary server") {
  php_fpm const server;
  auto const status = pool{server.endpoint()}.opcache_status();
  CHECK(status.enabled);
  CHECK(status.from.pool == "www");
  CHECK(status.from.php_version.rfind(php_fpm::version() + ".", 0) == 0);
  auto const workers = server.workers();
  CHECK(std::count(workers.begin(), workers.end(), static_cast<pid_t>(status.from.pid)) == 1);
}

TEST_CASE("what others print before the agent does not hurt") {
  auto const code = GENERATE(as<std::string>{},
                             "echo 'printed before';",                                         // buffered or not: below
                             "echo str_repeat('much ', 20000);",                               // more than any buffer
                             "echo 'printed before'; flush(); header('X-Late: 1');",           // the headers are gone
                             "echo \"Status: 500 Broken\\r\\n\\r\\n\\0\\xff binary\";",        //
                             "ob_start(); ob_start(); ob_start(); echo 'three deep';",         //
                             "http_response_code(500); header('Content-Type: text/x-odd');");  //
  auto const buffering = GENERATE(as<std::string>{}, "0", "4096");
  CAPTURE(code, buffering);
  auto options = one_pool();
  options.ini["output_buffering"] = buffering;
  surrounded_fpm const server(code, {}, options);
  check_status(*server);
}

TEST_CASE("what others print after the agent does not hurt") {
  surrounded_fpm const server("register_shutdown_function(function () { echo 'last words'; });",
                              "echo 'printed after';");
  check_status(*server);
}

TEST_CASE("an error handler that throws is replaced") {
  surrounded_fpm const server(
      "set_error_handler(function ($n, $text) { throw new ErrorException($text); });"
      "set_exception_handler(function ($e) { echo 'swallowed'; });"
      "ob_start(null, 0, 0);");
  check_status(*server);
}

TEST_CASE("an output handler that cannot be removed is lived with") {
  surrounded_fpm const server(swallow + " echo 'more';");
  check_status(*server);
}

TEST_CASE("an output handler that puts brackets around all output is lived with") {
  auto const flags = GENERATE(as<std::string>{}, "", ", 0, 0", ", 100, 0");
  CAPTURE(flags);
  surrounded_fpm const server("ob_start(function ($text) { return '[[' . $text . ']]'; }" + flags + ");");
  auto const result = call(*server, {"opcache:status"});
  INFO(result.err);
  // A handler that is called for every piece of output writes into the middle of the answer: that must be said.
  bool const said = result.exit_code == 5 && contains(result.err, "output handler");
  CHECK((result.exit_code == 0 || said));
}

TEST_CASE("an output handler that changes the answer is an error that names it") {
  surrounded_fpm const server("ob_start(function ($text) { return strtoupper($text); }, 0, 0);");
  check_not_run(*server, "output handler");
}

TEST_CASE("settings of a pool that touch output or variables do not hurt") {
  auto const setting = GENERATE(table<std::string, std::string>({{"zlib.output_compression", "On"},
                                                                 {"output_handler", "ob_gzhandler"},
                                                                 {"variables_order", "GPC"},
                                                                 {"variables_order", ""},
                                                                 {"auto_globals_jit", "0"},
                                                                 {"register_argc_argv", "1"},
                                                                 {"display_errors", "1"},
                                                                 {"error_reporting", "-1"},
                                                                 {"html_errors", "1"},
                                                                 {"implicit_flush", "1"},
                                                                 {"serialize_precision", "5"},
                                                                 {"short_open_tag", "0"},
                                                                 {"default_charset", "ISO-8859-1"},
                                                                 {"expose_php", "0"},
                                                                 {"session.auto_start", "1"},
                                                                 {"opcache.optimization_level", "0"}}));
  CAPTURE(std::get<0>(setting), std::get<1>(setting));
  auto options = one_pool();
  options.ini[std::get<0>(setting)] = std::get<1>(setting);
  options.ini["display_errors"] = "1";
  php_fpm const server{options};
  check_status(server);
}

TEST_CASE("functions that hosters disable are done without") {
  auto options = one_pool();
  options.ini["disable_functions"] =
      "ini_set,putenv,getmypid,getenv,error_reporting,fastcgi_finish_request,fpm_get_status,file_get_contents,"
      "set_time_limit,phpinfo,exec";
  php_fpm const server{options};
  auto const command = GENERATE(as<std::string>{}, "opcache:status", "opcache:status:scripts", "opcache:reset");
  auto const result = call(server, {command});
  CAPTURE(command);
  INFO(result.err);
  CHECK(result.exit_code == 0);
}

TEST_CASE("a deprecation that others raise is not taken for ours") {
  surrounded_fpm const server("trigger_error('old', E_USER_DEPRECATED);");
  auto const result = call(*server, {"opcache:status", "-vv"});
  CHECK(result.exit_code == 0);
  CHECK_FALSE(contains(result.err, "PHP raised"));
}

TEST_CASE("an auto_prepend_file that ends the script is exit code 5, and what it said is shown") {
  surrounded_fpm const quiet("exit;");
  check_not_run(*quiet, "empty page");
  surrounded_fpm const loud("http_response_code(503); exit('under maintenance');");
  check_not_run(*loud, "status 503 without running the agent: \"under maintenance\"");
}

TEST_CASE("an auto_prepend_file that is missing is exit code 5 with PHP's own words") {
  auto options = one_pool();
  options.ini["auto_prepend_file"] = "/nowhere/prepend.php";
  php_fpm const server{options};
  check_not_run(server, "Failed opening required '/nowhere/prepend.php'");
}

TEST_CASE("an auto_prepend_file with a fatal error is exit code 5 with PHP's own words") {
  surrounded_fpm const server("undefined_function();");
  check_not_run(*server, "undefined function undefined_function()");
}

TEST_CASE("a request without our parameters is 404, and nothing is run") {
  php_fpm const server;
  fill_cache(server);
  auto const before = cache_status(server);
  for (auto const& extra : std::vector<std::vector<std::pair<std::string, std::string>>>{
           {},
           {{"CACHETOOL_OP", "opcache.reset"}},
           {{"CACHETOOL_OP", "opcache.reset"}, {"CACHETOOL_NONCE", "short"}},
           {{"CACHETOOL_OP", "opcache.reset"}, {"CACHETOOL_NONCE", std::string(31, 'a') + "\n"}},
           {{"QUERY_STRING", "CACHETOOL_OP=opcache.reset&CACHETOOL_NONCE=" + std::string(32, 'a')}},
           {{"HTTP_CACHETOOL_OP", "opcache.reset"}, {"HTTP_CACHETOOL_NONCE", std::string(32, 'a')}}}) {
    auto const answer = request_agent(server, extra);
    CHECK(answer.status == 404);
    CHECK(answer.body.empty());
  }
  auto const after = cache_status(server);
  CHECK(after["opcache_statistics"]["manual_restarts"].as_int() ==
        before["opcache_statistics"]["manual_restarts"].as_int());
  CHECK_FALSE(after["restart_pending"].as_bool());
}

TEST_CASE("an operation that does not exist is refused, whatever its name") {
  php_fpm const server;
  auto const operation =
      GENERATE(as<std::string>{}, "", "nothing", "opcache.nothing", "../x", "call", std::string(5000, 'x'));
  auto const answer = request_agent(server, {{"CACHETOOL_OP", operation}, {"CACHETOOL_NONCE", std::string(32, 'a')}});
  CHECK(contains(answer.body, "unknown operation"));
}

TEST_CASE("the agent raises nothing at E_ALL") {
  auto options = one_pool();
  options.ini["error_reporting"] = "-1";
  php_fpm const server{options};
  fill_cache(server);
  for (auto const* command : {"opcache:status", "opcache:configuration", "opcache:status:scripts", "opcache:reset"}) {
    auto const result = call(server, {command, "-vvv"});
    CAPTURE(command, result.err);
    CHECK(result.exit_code == 0);
    CHECK_FALSE(contains(result.err, "PHP raised"));
    CHECK_FALSE(contains(result.err, "php-fpm says"));
  }
  CHECK_FALSE(contains(server.log(), "PHP message"));
}

TEST_CASE("php -l finds nothing in the agent") {
  php_fpm const server;
  auto const script = server.write_script("agent.php", agent::complete().text);
  auto const build = find_php(php_fpm::version());
  REQUIRE(build);
  auto const cli = build->libraries.empty() ? "/usr/bin/php" + php_fpm::version()
                                            : build->fpm.substr(0, build->fpm.rfind('/')) + "/php";
  child_options options;
  options.argv = {cli, "-n", "-d", "error_reporting=-1", "-d", "display_errors=1", "-l", script};
  options.environment = build->environment();
  child_process lint{options};
  CHECK(lint.wait(std::chrono::seconds{5}) == 0);
}

TEST_CASE("what the agent sets lasts for its own request") {
  php_fpm const server{one_pool({}, 1)};
  std::string const settings =
      "return [ini_get_all(null, false), getenv('TZ'), error_reporting(), ob_get_level(), getmypid()];";
  auto const before = php::serialize(evaluate(server, settings));
  for (auto const* command : {"opcache:status:scripts", "opcache:configuration", "opcache:status"}) {
    REQUIRE(call(server, {command}).exit_code == 0);
  }
  CHECK(php::serialize(evaluate(server, settings)) == before);
}

TEST_CASE("the way of a call is one request") {
  php_fpm const server{one_pool({"access.log = /proc/self/fd/2", "access.format = \"access %{REQUEST_URI}e\""}, 1)};
  REQUIRE(call(server, {"opcache:status"}).exit_code == 0);
  std::string const line = "access /cachetool?op=opcache.status";
  std::string log;
  // It is written after the answer.
  for (int i = 0; i < 1000 && !contains(log, line); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    log = server.log();
  }
  auto const first = log.find(line);
  REQUIRE(first != std::string::npos);
  CHECK(log.find("access ", first + 1) == std::string::npos);
}

TEST_CASE("a client that says no more than the agent needs sends neither PHP_VALUE nor DOCUMENT_ROOT") {
  agent::call call;
  call.operation = "opcache.status";
  for (auto const& [name, value] : agent::encode(call).params) {
    CHECK(name != "PHP_VALUE");
    CHECK(name != "PHP_ADMIN_VALUE");
    CHECK(name != "DOCUMENT_ROOT");
    CHECK(name != "HTTP_ACCEPT_ENCODING");
  }
}
