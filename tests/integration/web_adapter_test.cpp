// The program against a web server that runs PHP.

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "adapter/curl.hpp"
#include "adapter/web_file.hpp"
#include "agent/web.hpp"
#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/php_fpm.hpp"
#include "support/php_site.hpp"
#include "support/program.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::contains;
using namespace std::chrono_literals;
using test::php_site;
using test::program_result;
using test::run_program;

namespace {

std::vector<std::string> on_site(php_site const& site, std::vector<std::string> const& arguments) {
  std::vector<std::string> all = {"--web", "--web-path=" + site.document_root(), "--web-url=" + site.url()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

program_result run(php_site const& site, std::vector<std::string> const& arguments) {
  return run_program(on_site(site, arguments));
}

}  // namespace

TEST_CASE("a reset through a web site is confirmed and leaves no file behind") {
  php_site const site;
  auto const result = run(site, {"opcache:reset"});
  CHECK(result.out.find(site.url() + ": OPcache reset, confirmed") == 0);
  CHECK(result.err.empty());
  CHECK(result.exit_code == 0);
  CHECK(site.files() == 0);
}

TEST_CASE("both client names of CacheTool, and the config file, lead through a web site") {
  php_site const site;
  for (char const* client : {"FileGetContents", "SymfonyHttpClient"}) {
    CHECK(run(site, {"opcache:reset", std::string("--web=") + client}).exit_code == 0);
  }
  test::temp_dir const directory;
  std::ofstream(directory / ".cachetool.yml") << "adapter: web\nwebClient: SymfonyHttpClient\nwebUrl: " << site.url()
                                              << "\nwebPath: " << site.document_root() << "\n";
  test::program_options options;
  options.directory = directory.path();
  CHECK(run_program({"opcache:reset"}, options).exit_code == 0);
}

TEST_CASE("arguments reach the agent through a web site") {
  php_site const site;
  auto const result = run(site, {"opcache:status:scripts", "--exclude=(", "--format=json"});
  CHECK(result.exit_code == 2);
  CHECK(contains(result.err, "cannot be used: "));
}

TEST_CASE("rows are streamed through a web site") {
  php_site const site;
  auto const result = run(site, {"opcache:status:scripts", "--format=json"});
  REQUIRE(result.exit_code == 0);
  CHECK(nlohmann::json::parse(result.out)["targets"][0]["result"]["scripts"].is_array());
}

namespace {

/// What a site says to a request for a file that was made for this call.
struct request_for_file {
  request_for_file(php_site const& site, std::string const& operation, std::string const& arguments)
      : file(site.document_root(), agent::web_source("the secret", operation, arguments)) {
    request.url = site.url() + "/" + file.name();
    request.headers = {"X-Cachetool-Nonce: " + nonce, "X-Cachetool-Op: php.eval", "X-Cachetool-Secret: the secret"};
    request.body = arguments;
  }

  int send() {
    body.clear();
    return adapter::post(request, [this](std::string_view part) { body += part; }).status;
  }

  adapter::web_file file;
  adapter::http_request request;
  std::string nonce = std::string(32, 'a');
  std::string body;
};

}  // namespace

TEST_CASE("without the secret the agent's file does not exist") {
  php_site const site;
  request_for_file asked(site, "opcache.status", "");
  asked.request.headers.back() = "X-Cachetool-Secret: a guess";
  CHECK(asked.send() == 404);
  CHECK(asked.body.empty());
  asked.request.headers.pop_back();
  CHECK(asked.send() == 404);
  CHECK(asked.body.empty());
}

TEST_CASE(
    "whoever has the secret of a file in a document root can have it do the one call that it was made for, and no "
    "other") {
  php_site const site;
  std::string const code = R"(a:2:{s:4:"code";s:13:"return 6 * 7;";s:6:"format";s:4:"json";})";
  request_for_file status(site, "opcache.status", "");
  CHECK(status.send() == 200);
  CHECK(contains(status.body, "opcache_statistics"));  // and not what the header asks for
  status.request.body = code;
  CHECK(status.send() == 404);
  CHECK(status.body.empty());
}

TEST_CASE("a file in a document root is there for one call, and the next one has another") {
  php_site const site(R"(
    file_put_contents(__DIR__ . '/names', basename($_SERVER['REQUEST_URI']) . "\n", FILE_APPEND);
    file_put_contents(__DIR__ . '/there', count(glob(__DIR__ . '/www/*.php')) . "\n", FILE_APPEND);
    return false;)");
  CHECK(run(site, {"opcache:reset"}).exit_code == 0);
  std::ifstream names(site.document_root() + "/../names");
  std::ifstream there(site.document_root() + "/../there");
  std::string first;
  std::string second;
  REQUIRE((std::getline(names, first) && std::getline(names, second)));
  CHECK(first != second);
  for (std::string count; std::getline(there, count);) CHECK(count == "1");
}

TEST_CASE("a redirect on the same host is followed") {
  php_site const site(R"(
    if (strpos($_SERVER['REQUEST_URI'], '/moved') !== 0) return false;
    header('Location: ' . substr($_SERVER['REQUEST_URI'], 6), true, 301);)");
  auto const result = run_program(
      {"opcache:reset", "--web", "--web-path=" + site.document_root(), "--web-url=" + site.url() + "/moved"});
  CHECK(result.err.empty());
  CHECK(result.exit_code == 0);
}

TEST_CASE("a redirect to another host is refused, and named") {
  php_site const site("header('Location: http://elsewhere.invalid/', true, 302);");
  auto const result = run(site, {"opcache:reset"});
  CHECK(contains(result.err, "the web server sends to http://elsewhere.invalid/, which is another host"));
  CHECK(result.exit_code == 5);
  CHECK(site.files() == 0);
}

TEST_CASE("redirects in circles end") {
  php_site const site("header('Location: ' . $_SERVER['REQUEST_URI'], true, 302);");
  auto const result = run(site, {"opcache:reset"});
  CHECK(contains(result.err, "redirects in circles"));
  CHECK(result.exit_code == 5);
}

TEST_CASE("user and password are sent with --web-basic-auth") {
  php_site const site(R"(
    if (isset($_SERVER['PHP_AUTH_USER']) && $_SERVER['PHP_AUTH_USER'] === 'me' && $_SERVER['PHP_AUTH_PW'] === 'a"b\\c:d') return false;
    http_response_code(401);
    echo 'who are you?';)");
  CHECK(run(site, {"opcache:reset", "--web-basic-auth=me:a\"b\\c:d"}).exit_code == 0);
  auto const refused = run(site, {"opcache:reset"});
  CHECK(contains(refused.err, "HTTP status 401"));
  CHECK(contains(refused.err, "\"who are you?\""));
  CHECK(contains(refused.err, "hint: --web-basic-auth"));
  CHECK(refused.exit_code == 5);
  CHECK(run(site, {"opcache:reset", "--web-basic-auth=me"}).exit_code == 5);
}

TEST_CASE("the Host header is that of --web-host") {
  php_site const site("if ($_SERVER['HTTP_HOST'] === 'shop.example') return false; http_response_code(421);");
  CHECK(run(site, {"opcache:reset", "--web-host=shop.example"}).exit_code == 0);
  CHECK(run(site, {"opcache:reset"}).exit_code == 5);
}

TEST_CASE("a file that the web server does not see at once is asked for again, by the same name") {
  php_site const site(R"(
    $seen = __DIR__ . '/' . basename($_SERVER['REQUEST_URI']) . '.count';
    $count = is_file($seen) ? (int) file_get_contents($seen) : 0;
    file_put_contents($seen, $count + 1);
    if ($count >= 2) return false;
    http_response_code(404);)");
  auto const result = run(site, {"opcache:reset"});
  CHECK(result.err.empty());
  CHECK(result.exit_code == 0);
  CHECK(run(site, {"opcache:reset", "--retries=1"}).exit_code == 5);
}

TEST_CASE("a document root that is not the site's own is an error that asks for --web-path") {
  php_site const site;
  test::temp_dir const other;
  auto const result =
      run_program({"opcache:reset", "--web", "--web-path=" + other.path(), "--web-url=" + site.url(), "--retries=0"});
  CHECK(contains(result.err, "HTTP status 404"));
  CHECK(contains(result.err, "hint: is " + other.path() + " the directory"));
  CHECK(result.exit_code == 5);
}

TEST_CASE("a web server that does not run PHP is recognised") {
  php_site const site("readfile(__DIR__ . '/www' . $_SERVER['REQUEST_URI']);");
  auto const result = run(site, {"opcache:reset"});
  CHECK(contains(result.err, "does not run PHP"));
  CHECK(result.exit_code == 5);
}

TEST_CASE("a web server that is not there is unreachable") {
  test::temp_dir const root;
  auto const result = run_program(
      {"opcache:reset", "--web", "--web-path=" + root.path(), "--web-url=http://127.0.0.1:1", "--retries=0"});
  CHECK(contains(result.err, "Failed to connect"));
  CHECK(result.exit_code == 3);
}

TEST_CASE("a web server that does not answer times out") {
  php_site const site("sleep(20);");
  auto const result = run(site, {"opcache:reset", "--timeout=0.3"});
  CHECK(result.exit_code == 4);
  CHECK(site.files() == 0);
}

TEST_CASE("without curl the error says so") {
  php_site const site;
  test::program_options options;
  options.environment["PATH"] = "/nowhere";
  auto const result = run_program(on_site(site, {"opcache:reset", "--retries=0"}), options);
  CHECK(contains(result.err, "there is no curl in PATH"));
  CHECK(result.exit_code == 3);
}

TEST_CASE("a signal ends the request and removes the file") {
  for (int const number : {SIGINT, SIGTERM, SIGHUP}) {
    php_site const site("sleep(20);");
    test::program running(on_site(site, {"opcache:reset"}));
    for (int i = 0; i < 500 && site.files() == 0; ++i) std::this_thread::sleep_for(10ms);
    REQUIRE(site.files() == 1);
    running.signal(number);
    CHECK(running.finish().exit_code == 128 + number);
    CHECK(site.files() == 0);
  }
}

TEST_CASE("the password and the secret do not stand in the arguments of any process") {
  php_site const site("sleep(20);");
  test::program running(on_site(site, {"opcache:reset", "--web-host=h"}));
  std::string arguments;
  for (int i = 0; i < 500 && arguments.empty(); ++i) {
    std::this_thread::sleep_for(10ms);
    std::string const pid = std::to_string(running.pid());
    std::string child;
    std::ifstream("/proc/" + pid + "/task/" + pid + "/children") >> child;
    std::getline(std::ifstream("/proc/" + child + "/cmdline"), arguments);
    if (arguments.find("curl") != 0) arguments.clear();
  }
  std::string const expected("curl\0-q\0--config\0-\0", 19);
  CHECK(arguments == expected);
  running.signal(SIGTERM);
  running.finish();
}
