// opcache:report against a real php-fpm, and its page in a real Chromium.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "browser.hpp"
#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::browser;
using test::call;
using test::contains;
using test::php_fpm;
using test::run_program;

namespace fs = std::filesystem;

namespace {

std::string text_of(std::string const& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

std::size_t count_of(std::string const& text, std::string const& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

test::fpm_options settings(std::map<std::string, std::string> more = {}) {
  test::fpm_options out = test::one_pool();
  out.ini = {{"opcache.file_update_protection", "0"}};
  out.ini.merge(more);
  return out;
}

// Compiles everything below the document root.
void compile_all(php_fpm const& server) {
  test::evaluate(server, "$n = 0; foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator('" +
                             server.document_root() +
                             "/site', FilesystemIterator::SKIP_DOTS)) as $f) $n += opcache_compile_file((string) $f); "
                             "return $n;");
}

void write_site(php_fpm const& server) {
  for (char const* const name : {"site/src/kernel.php", "site/src/router.php", "site/vendor/acme/lib/tool.php"}) {
    static_cast<void>(server.write_script(name, "<?php function f" + std::to_string(std::hash<std::string>()(name)) +
                                                    "() { return 'a text of this script'; }"));
  }
}

// Names that would run something, end something or turn something around, if the page believed them.
void write_hostile(php_fpm const& server) {
  for (char const* const name :
       {"site/x/</script><script>window.hacked=1</script>.php", "site/x/<img src=x onerror=window.hacked=2>.php",
        "site/x/\"onfocus=\"window.hacked=3\" autofocus=\".php", "site/x/{{parts}}.php",
        "site/x/line\xE2\x80\xA8sep.php", "site/x/turned\xE2\x80\xAEphp.gnp.php", "site/x/\x01\x1b[31m.php",
        "site/x/bad\xFF\xFE.php", "site/x/'+window.hacked+'.php"}) {
    static_cast<void>(server.write_script(name, "<?php return 1;"));
  }
}

// One for all cases that change nothing in it.
php_fpm const& filled() {
  static php_fpm const server(settings({{"opcache.save_comments", "0"}}));
  static bool const done = (write_site(server), write_hostile(server), compile_all(server), true);
  return done ? server : server;
}

std::string path_of_report() {
  return filled().directory() + "/report.html";
}

// One for all cases, with a new report in it.
browser& shown_report() {
  static browser page;
  auto const made = call(filled(), {"opcache:report", path_of_report()});
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  page.show(path_of_report());
  return page;
}

constexpr char const* trail = "[...document.querySelectorAll('.crumbs li')].map(e => e.textContent).join('/')";
constexpr char const* shown_name = "document.querySelector('.crumbs strong').textContent";
constexpr char const* rows = "[...document.querySelectorAll('.contents tbody tr')].map(e => e.cells[0].textContent)";

}  // namespace

TEST_CASE("the report tells what OPcache itself tells") {
  std::string const page = call(filled(), {"opcache:report"}).out;
  std::string const kernel = filled().document_root() + "/site/src/kernel.php";
  php::value const told =
      test::evaluate(filled(), "$status = opcache_get_status(); return ['memory' => $status['scripts']['" + kernel +
                                   "']['memory_consumption'], 'keys' => "
                                   "number_format($status['opcache_statistics']['max_cached_keys'])];");
  CHECK(contains(page, "[\"kernel.php\"," + std::to_string(told["memory"].as_int()) + ",0,"));
  CHECK(contains(page, "of " + std::string(told["keys"].as_string()) + " used"));
}

TEST_CASE("settings that were changed stand apart from those that are as PHP itself has them") {
  std::string const page = call(filled(), {"opcache:report"}).out;
  auto const begin = page.find("Set otherwise");
  std::string const changed = page.substr(begin, page.find("<details>", begin) - begin);
  INFO(changed);
  CHECK(contains(changed, "opcache.save_comments"));
  CHECK(contains(changed, "opcache.file_update_protection"));
  CHECK(count_of(changed, "<tr><td") == 2);  // of every other one it is known what this PHP has
}

TEST_CASE("several php-fpm make one page, with a part for each master and not for each address") {
  php_fpm const other({.pools = {test::fpm_pool{}, test::fpm_pool{.name = "api"}}});
  auto const made = run_program({"opcache:report", "--fcgi=" + other.endpoint("www").text(),
                                 "--fcgi=" + other.endpoint("api").text(), "--fcgi=" + filled().endpoint().text()});
  CHECK(made.exit_code == 0);
  CHECK(count_of(made.out, "<section class=\"part\"") == 2);
  CHECK(count_of(made.out, "<!doctype html>") == 1);
}

TEST_CASE("what opcache:check has seen stands in the report as a curve") {
  std::string const memory = "--state-dir=" + filled().directory() + "/checks";
  CHECK_FALSE(contains(call(filled(), {"opcache:report", memory}).out, "Over time"));
  call(filled(), {"opcache:check", memory});
  std::this_thread::sleep_for(std::chrono::milliseconds{1050});  // it remembers whole seconds
  call(filled(), {"opcache:check", memory});
  CHECK(contains(call(filled(), {"opcache:report", memory}).out, "Over time"));
}

TEST_CASE("a php-fpm that cannot be reached is an error, and the page tells of the others") {
  auto const made = run_program({"opcache:report", "--fcgi=/nowhere.sock", "--fcgi=" + filled().endpoint().text()});
  CHECK(made.exit_code == 3);
  CHECK(contains(made.err, "/nowhere.sock"));
  CHECK(count_of(made.out, "<section class=\"part\"") == 1);
}

TEST_CASE("the report goes without what is disabled, and says so") {
  php_fpm const server(settings({{"disable_functions", "opcache_get_configuration,fpm_get_status"}}));
  auto const made = call(server, {"opcache:report"});
  CHECK(made.exit_code == 0);
  CHECK(contains(made.out, "The settings are not known: the PHP function opcache_get_configuration() is disabled."));
  CHECK(contains(made.out, "What the workers do is not known: the PHP function fpm_get_status() is disabled."));
}

TEST_CASE("the report's file is replaced by one that the umask lets others read") {
  std::ofstream(path_of_report()) << "old";
  auto const made = call(filled(), {"opcache:report", path_of_report()});
  CHECK(made.exit_code == 0);
  CHECK(contains(made.out, path_of_report()));
  CHECK(text_of(path_of_report()).starts_with("<!doctype html>"));
  CHECK(text_of(path_of_report()).ends_with("</html>\n"));
  CHECK((fs::status(path_of_report()).permissions() & fs::perms::others_read) != fs::perms::none);
}

TEST_CASE("a report that must not or cannot be written is one clear error, and nothing is touched") {
  std::string const link = filled().directory() + "/link.html";
  std::string const behind = filled().directory() + "/behind";
  std::ofstream(behind) << "mine";
  fs::create_symlink(behind, link);
  for (std::string const& place : {filled().directory(), link, std::string("/dev/full"), std::string("/dev/null"),
                                   filled().directory() + "/none/report.html"}) {
    CAPTURE(place);
    auto const made = call(filled(), {"opcache:report", place});
    CHECK(made.exit_code == 1);
    CHECK(contains(made.err, place + " cannot be written"));
    CHECK(count_of(made.err, "\n") == 2);  // the error and its hint
  }
  CHECK(text_of(behind) == "mine");
  CHECK(fs::is_character_file("/dev/full"));
}

TEST_CASE("in a browser hostile names run nothing, ask for nothing and stand there as they are") {
  if (auto const why = browser::missing()) return test::skip(*why);
  browser& page = shown_report();
  CHECK(page.evaluate("document.images.length") == 0);
  CHECK(page.evaluate("document.querySelectorAll('script').length") == 2);
  page.evaluate("document.querySelector('input').focus()");
  page.type("/x/");
  std::string const names = page.evaluate(std::string(rows) + ".join('\\n')");
  INFO(names);
  CHECK(page.evaluate(std::string(rows) + ".length") == 9);
  CHECK(contains(names, "</script><script>window.hacked=1</script>.php"));
  CHECK(contains(names, "turned\\u{202E}php.gnp.php"));
  CHECK(contains(names, "\\x01\\e[31m.php"));
  CHECK(contains(names, "bad\\xFF\\xFE.php"));
  CHECK(contains(names, "{{parts}}.php"));
  CHECK(page.evaluate("typeof window.hacked") == "undefined");
  CHECK(page.requests().empty());
  CHECK(page.complaints().empty());
}

TEST_CASE("in a browser a click goes into a directory of the map, and the trail leads back") {
  if (auto const why = browser::missing()) return test::skip(*why);
  browser& page = shown_report();
  std::string const top = filled().document_root() + "/site";
  CHECK(page.evaluate(trail) == top);
  page.click("canvas", 20, 60);
  CHECK(page.evaluate(trail) != top);
  page.click(".crumbs button");
  CHECK(page.evaluate(trail) == top);
  CHECK(page.complaints().empty());
}

TEST_CASE("in a browser keys choose a directory of the map, go in and come back") {
  if (auto const why = browser::missing()) return test::skip(*why);
  browser& page = shown_report();
  std::string const chosen = "document.querySelector('.chosen bdi').textContent";
  page.evaluate("document.querySelector('canvas').focus()");
  page.press("ArrowRight");
  std::string const first = page.evaluate(chosen);
  page.press("ArrowRight");
  std::string const second = page.evaluate(chosen);
  CHECK(first != second);
  page.press("Enter");
  CHECK(filled().document_root() + "/site/" + page.evaluate(shown_name).get<std::string>() == second);
  page.press("Backspace");
  CHECK(page.evaluate(trail) == filled().document_root() + "/site");
  CHECK(page.evaluate(chosen) == second);  // where one came from
  CHECK(page.complaints().empty());
}

TEST_CASE("in a browser a search finds scripts in every directory, and says how many") {
  if (auto const why = browser::missing()) return test::skip(*why);
  browser& page = shown_report();
  page.evaluate("document.querySelector('input').focus()");
  page.type("ROUTER");
  CHECK(page.evaluate(rows) == nlohmann::json::array({filled().document_root() + "/site/src/router.php"}));
  CHECK(contains(page.evaluate("document.querySelector('.chosen').textContent").get<std::string>(), "1 script found"));
}

TEST_CASE("in a browser the table is sorted by its headings, and says by which") {
  if (auto const why = browser::missing()) return test::skip(*why);
  browser& page = shown_report();
  page.click("[data-by=name]");
  CHECK(page.evaluate(rows) == nlohmann::json::array({"src/", "vendor/acme/lib/", "x/"}));
  page.click("[data-by=name]");
  CHECK(page.evaluate(rows) == nlohmann::json::array({"x/", "vendor/acme/lib/", "src/"}));
  CHECK(page.evaluate("document.querySelector('[data-by=name]').parentElement.ariaSort") == "descending");
}

TEST_CASE("in a browser as wide as a phone nothing is wider than the screen, and dark is dark") {
  if (auto const why = browser::missing()) return test::skip(*why);
  browser& page = shown_report();
  page.emulate(390, 800, "dark");
  CHECK(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0);
  CHECK(page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 22, 26)");
}
