#include "agent/agent.hpp"
#include "agent/web.hpp"
#include "base/sha256.hpp"
#include "support/catch.hpp"

using cachetool::base::sha256;

TEST_CASE("the agent for a document root holds a hash of secret and arguments, and neither of them") {
  std::string const secret = "a secret of thirty-two characters";
  std::string const source = cachetool::agent::web_source(secret, "opcache.reset", "some arguments");
  CHECK(source.find(secret) == std::string::npos);
  CHECK(source.find("some arguments") == std::string::npos);
  CHECK(source.find("'" + sha256(secret + "\nsome arguments") + "'") != std::string::npos);
}

TEST_CASE("the agent for a document root is one PHP file, which opens once, and has one operation") {
  std::string const source = cachetool::agent::web_source("secret", "opcache.reset", "");
  CHECK(source.find("<?php\n") == 0);
  CHECK(source.find("<?php", 1) == std::string::npos);
  CHECK(source.find("['CACHETOOL_OP'] = 'opcache.reset';") != std::string::npos);
  CHECK(source.find("{operation}") == std::string::npos);
  CHECK(source.find("function do_opcache_reset(") != std::string::npos);
}

TEST_CASE("no agent but php.eval's own can run code that it is sent") {
  // Of its own words: in PHP 7, a function for each name in its own source that is disabled.
  constexpr std::string_view of_its_own = R"(eval("namespace cachetool; function $name() { forbidden('$name'); }"))";
  for (auto const& each : cachetool::agent::operations()) {
    if (each.name == "php.eval") continue;
    CAPTURE(each.name);
    CHECK(each.agent.text.find("function do_php_eval") == std::string_view::npos);
    auto const first = each.agent.text.find("eval(");
    CHECK(first == each.agent.text.find(of_its_own));
    CHECK(each.agent.text.find("eval(", first + 1) == std::string_view::npos);
  }
  CHECK(cachetool::agent::source_for("php.eval").text.find("eval(") != std::string_view::npos);
}
