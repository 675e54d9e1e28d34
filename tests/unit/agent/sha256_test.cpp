#include "agent/sha256.hpp"

#include "agent/agent.hpp"
#include "agent/web.hpp"
#include "support/catch.hpp"

using cachetool::agent::sha256;

TEST_CASE("SHA-256 of the examples in FIPS 180-4") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256(std::string(1000, 'a')) == "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3");
}

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
  for (auto const& each : cachetool::agent::operations()) {
    if (each.name == "php.eval") continue;
    CAPTURE(each.name);
    CHECK(each.agent.text.find("function do_php_eval") == std::string_view::npos);
    CHECK(each.agent.text.find("eval(") == std::string_view::npos);
  }
  CHECK(cachetool::agent::source_for("php.eval").text.find("eval(") != std::string_view::npos);
}
