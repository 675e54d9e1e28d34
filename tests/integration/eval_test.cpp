// php:eval against a real php-fpm, where more than one call is needed; the others are in tests/cli/cases.

#include "support/catch.hpp"
#include "support/php_fpm.hpp"
#include "support/program.hpp"

using namespace cachetool;
using test::php_fpm;
using test::run_program;

namespace {

test::program_result eval(php_fpm const& server, std::string const& code) {
  return run_program({"php:eval", "--fcgi=" + server.endpoint().text(), "-r", code});
}

}  // namespace

TEST_CASE("code whose worker dies is not run again") {
  php_fpm const server;
  auto const died = eval(server, "apcu_inc('runs'); exec('kill -9 ' . getmypid());");
  CHECK(died.exit_code == 5);
  CHECK(eval(server, "return apcu_fetch('runs');").out == "1\n");
}

TEST_CASE("much that is printed arrives whole and in order") {
  php_fpm const server;
  auto const answer = eval(server, "for ($i = 0; $i < 200000; $i++) echo \"line $i\\n\"; return 'end';");
  CHECK(answer.out.substr(0, 14) == "line 0\nline 1\n");
  CHECK(answer.out.size() > 2'000'000);
  CHECK(answer.out.substr(answer.out.size() - 16) == "line 199999\nend\n");
}

TEST_CASE("a large value arrives whole") {
  php_fpm const server;
  CHECK(eval(server, "return str_repeat('x', 10000000);").out.size() == 10'000'001);
}

TEST_CASE("what is printed before an exception is shown") {
  php_fpm const server;
  auto const answer = eval(server, "echo \"first\\n\"; throw new Exception('then');");
  CHECK(answer.out == "first\n");
  CHECK(answer.exit_code == 1);
}

TEST_CASE("output that the code buffered itself is shown, after exit too") {
  php_fpm const server;
  CHECK(eval(server, "ob_start(); echo 'a'; ob_start(); echo \"b\\n\"; return 1;").out == "ab\n1\n");
  CHECK(eval(server, "ob_start(); echo \"a\\n\"; exit(3);").out == "a\n");
}

TEST_CASE("code sees no variables and no namespace of ours") {
  php_fpm const server;
  CHECK(eval(server, "return count(get_defined_vars()) . __NAMESPACE__ . '|';").out == "0|\n");
}

TEST_CASE("one call leaves nothing behind for the next") {
  php_fpm const server({.pools = {test::fpm_pool{.max_children = 1}}});
  eval(server, "set_error_handler(function () { return false; }); ini_set('precision', '3'); ob_start('strrev');");
  auto const answer = eval(server, "echo $undefined; return 1.23456;");
  CHECK(answer.out == "1.23456\n");
  CHECK(answer.err.find("warning: Undefined variable") == 0);
}
