#include "caches/eval.hpp"

#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using caches::code_of_file;
using test::fake_adapter;
using test::named;

TEST_CASE("the open tag of a file is left out and its lines are kept") {
  CHECK(code_of_file("<?php\nnamespace A;\n") == "\nnamespace A;\n");
  CHECK(code_of_file("<?php declare(strict_types=1);") == " declare(strict_types=1);");
  CHECK(code_of_file("<?php").empty());
}

TEST_CASE("only the first open tag is left out") {
  CHECK(code_of_file("<?php return '<?php';") == " return '<?php';");
}

TEST_CASE("the #! line of a file is left out and counts as a line") {
  CHECK(code_of_file("#!/usr/bin/php\n<?php\nreturn 1;") == "\n\nreturn 1;");
  CHECK(code_of_file("#!/usr/bin/php\n") == "\n");
  CHECK(code_of_file("#!/usr/bin/php") == "\n");
}

TEST_CASE("a file that begins outside of PHP begins outside of PHP in eval, too") {
  CHECK(code_of_file("text <?= 1 ?>") == "?>text <?= 1 ?>");
  CHECK(code_of_file("<?phpx ?>") == "?><?phpx ?>");
}

TEST_CASE("a file without any tag is code") {
  CHECK(code_of_file("return 1;") == "return 1;");
  CHECK(code_of_file("").empty());
}

TEST_CASE("code is sent once, with its own timeout") {
  fake_adapter php([](agent::call const& call) {
    CHECK_FALSE(call.idempotent);
    CHECK(call.timeout == std::chrono::seconds{7});
    CHECK(call.arguments["code"].as_string() == "return 1;");
    CHECK(call.arguments["format"].as_string() == "string");
    agent::answer answer;
    answer.result = named({{"null", false}, {"text", "1"}});
    return answer;
  });
  auto const what = caches::evaluate(php, {"return 1;", "string", std::chrono::seconds{7}, {}});
  CHECK(what.text == "1");
  CHECK_FALSE(what.exited);
}

TEST_CASE("code that ended by exit has no value") {
  fake_adapter php([](agent::call const&) {
    agent::answer answer;
    answer.result = named({{"exited", true}});
    return answer;
  });
  auto const what = caches::evaluate(php, {"exit;", "string", std::chrono::seconds{7}, {}});
  CHECK(what.exited);
  CHECK_FALSE(what.text);
}

TEST_CASE("a value that has no such form is an error that says why") {
  fake_adapter php([](agent::call const&) {
    agent::answer answer;
    answer.result = named({{"null", false}, {"formless", "Malformed UTF-8"}});
    return answer;
  });
  try {
    caches::evaluate(php, {"return 1;", "json", std::chrono::seconds{7}, {}});
    FAIL("no error was thrown");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::php_error);
    CHECK(failed.message() == "what the code returned cannot be shown as json: Malformed UTF-8");
  }
}
