#include "agent/agent.hpp"

#include <cachetool/error.hpp>

#include "support/catch.hpp"

using namespace cachetool;
using agent::answer_reader;

namespace {

std::string const nonce(32, 'a');

std::string piece(char type, std::string const& payload) {
  return "\n" + nonce + " " + type + " " + std::to_string(payload.size()) + "\n" + payload;
}

std::string answer_piece(php::value const& result) {
  php::array answer;
  answer.entries.push_back({std::string("result"), result});
  answer.entries.push_back({std::string("php"), "8.2.36"});
  answer.entries.push_back({std::string("pool"), "www"});
  return piece('A', php::serialize(answer));
}

std::string refusal(std::string const& kind, std::string const& detail) {
  php::array answer;
  answer.entries.push_back({std::string("refused"), kind});
  answer.entries.push_back({std::string("detail"), detail});
  return piece('A', php::serialize(answer));
}

agent::answer read(std::string const& body) {
  answer_reader reader(nonce, {});
  reader.feed(body);
  return reader.finish();
}

error failure(std::string const& body) {
  try {
    read(body);
  } catch (error const& failed) {
    return failed;
  }
  FAIL("no error was thrown");
  throw 0;
}

}  // namespace

TEST_CASE("an answer is read with its origin") {
  auto const answer = read(piece('B', "") + answer_piece(42));
  CHECK(answer.result.as_int() == 42);
  CHECK(answer.php_version == "8.2.36");
  CHECK(answer.pool == "www");
}

TEST_CASE("an answer of more bytes, or of more values, than are held at once is refused") {
  CHECK(read(answer_piece(std::string(1 << 20, 'x'))).result.as_string().size() == 1 << 20);
  auto const large = failure("\n" + nonce + " A 33554433\n" + std::string(1 << 20, 'x'));
  CHECK(large.kind() == error_kind::protocol);
  CHECK(large.message() == "the answer is larger than 32 MiB, which is more than is held at once");
  php::array many;
  for (std::int64_t i = 0; i < 400'000; ++i) many.entries.push_back({i, i});
  CHECK(failure(answer_piece(many)).kind() == error_kind::protocol);
  many.entries.resize(390'000);
  CHECK(read(answer_piece(many)).result.entries().size() == 390'000);
}

TEST_CASE("an answer is the same however its bytes are cut up") {
  std::string const body =
      "<b>noise</b>" + piece('B', "") + "more\n" + piece('S', "rows1") + answer_piece("x") + "tail";
  answer_reader reader(nonce, {});
  for (char byte : body) reader.feed({&byte, 1});
  CHECK(reader.began());
  CHECK(reader.finish().result.as_string() == "x");
}

TEST_CASE("what is printed around the pieces is kept apart") {
  answer_reader reader(nonce, {});
  reader.feed("Notice: hello\n" + piece('B', "") + "in between" + answer_piece(1) + "end");
  CHECK(reader.finish().result.as_int() == 1);
  CHECK(reader.foreign().find("Notice: hello") == 0);
  CHECK(reader.foreign().find("in between") != std::string::npos);
}

TEST_CASE("streamed rows are passed on in order and are not kept") {
  std::string rows;
  answer_reader reader(nonce, [&rows](std::string_view part) { rows += part; });
  reader.feed(piece('B', "") + piece('S', "one\n") + piece('S', "") + piece('S', "two\n") + answer_piece(1));
  CHECK(rows == "one\ntwo\n");
  CHECK(reader.streamed());
}

TEST_CASE("text that only begins like a piece is skipped") {
  CHECK(read("\n" + nonce.substr(1) + "\n" + nonce.substr(0, 31) + piece('B', "") + answer_piece(7)).result.as_int() ==
        7);
}

TEST_CASE("an answer without the agent's pieces never began") {
  answer_reader reader(nonce, {});
  reader.feed("File not found.\n");
  CHECK_FALSE(reader.began());
  CHECK(reader.foreign() == "File not found.\n");
}

TEST_CASE("a page of any size takes little memory") {
  answer_reader reader(nonce, {});
  for (int i = 0; i < 1000; ++i) reader.feed(std::string(10000, 'x'));
  CHECK(reader.foreign().size() <= 2100);
}

TEST_CASE("an answer that stops in the middle is a protocol error") {
  std::string const whole = piece('B', "") + answer_piece("x");
  CHECK(failure(whole.substr(0, whole.size() - 1)).kind() == error_kind::protocol);
}

TEST_CASE("a piece with a broken length is a protocol error") {
  CHECK(failure(piece('B', "") + "\n" + nonce + " A x12\n" + std::string(64, ' ')).kind() == error_kind::protocol);
}

TEST_CASE("a piece of a type that does not exist is a protocol error") {
  CHECK(failure(piece('B', "") + piece('Z', "x") + answer_piece(1)).kind() == error_kind::protocol);
}

TEST_CASE("a streamed piece of a size that the agent never sends is a protocol error") {
  CHECK(failure(piece('B', "") + "\n" + nonce + " S 99999999999\n" + std::string(64, ' ')).kind() ==
        error_kind::protocol);
}

TEST_CASE("an answer whose bytes were changed is a protocol error") {
  CHECK(failure(piece('B', "") + piece('A', "a:1:{s:6:\"RESULT\"}")).kind() == error_kind::protocol);
}

TEST_CASE("what PHP threw is a php_error with its place") {
  php::array thrown;
  for (php::value const& item :
       {php::value(0), php::value("Boom"), php::value("/x.php"), php::value(3), php::value("Error")}) {
    thrown.entries.push_back({static_cast<std::int64_t>(thrown.entries.size()), item});
  }
  php::array answer;
  answer.entries.push_back({std::string("thrown"), thrown});
  auto const failed = failure(piece('B', "") + piece('A', php::serialize(answer)));
  CHECK(failed.kind() == error_kind::php_error);
  CHECK(failed.message() == "PHP threw Error: Boom (/x.php:3)");
}

TEST_CASE("a fatal error of PHP is told with its place, memory_limit as its own kind") {
  auto const fatal = [](std::string const& message) {
    php::array at;
    for (php::value const& item : {php::value(1), php::value(message), php::value("/x.php"), php::value(3)}) {
      at.entries.push_back({static_cast<std::int64_t>(at.entries.size()), item});
    }
    return failure(piece('B', "") + piece('F', php::serialize(at)));
  };
  CHECK(fatal("Something").message() == "PHP stopped with a fatal error: Something (/x.php:3)");
  CHECK(fatal("Something").kind() == error_kind::php_error);
  CHECK(fatal("Allowed memory size of 1 bytes exhausted").kind() == error_kind::memory_limit);
}

TEST_CASE("each refusal of the agent has its kind and a hint") {
  struct expected {
    char const* text;
    error_kind kind;
  };
  for (expected const& each :
       {expected{"extension_missing", error_kind::extension_missing}, expected{"disabled", error_kind::disabled},
        expected{"restricted", error_kind::restricted}, expected{"opcache_off", error_kind::opcache_off},
        expected{"protocol", error_kind::protocol}}) {
    auto const failed = failure(piece('B', "") + refusal(each.text, "detail"));
    CHECK(failed.kind() == each.kind);
    CHECK(failed.at() == phase::answer);
    CHECK_FALSE(failed.hint().empty());
  }
}

TEST_CASE("whatever is wrong with a complete answer is of that phase, not of one before the request was sent") {
  CHECK(failure("a page").at() == phase::answer);
  CHECK(failure(piece('B', "") + piece('A', "no value")).at() == phase::answer);
  CHECK(failure(piece('B', "") + piece('X', "")).at() == phase::answer);
}

TEST_CASE("warnings that PHP raised come beside the result") {
  php::array note;
  for (php::value const& item : {php::value(2), php::value("careful"), php::value("/y.php"), php::value(9)}) {
    note.entries.push_back({static_cast<std::int64_t>(note.entries.size()), item});
  }
  php::array notes;
  notes.entries.push_back({std::int64_t{0}, note});
  php::array answer;
  answer.entries.push_back({std::string("result"), true});
  answer.entries.push_back({std::string("notes"), notes});
  auto const read_back = read(piece('B', "") + piece('A', php::serialize(answer)));
  REQUIRE(read_back.notes.size() == 1);
  CHECK(read_back.notes[0].message == "careful");
  CHECK(read_back.notes[0].line == 9);
  CHECK(read_back.result.as_bool());
}

TEST_CASE("two calls never share a nonce") {
  agent::call call;
  call.operation = "opcache.state";
  CHECK(agent::encode(call).nonce != agent::encode(call).nonce);
  CHECK(agent::encode(call).nonce.size() == 32);
}

TEST_CASE("a call explains itself in the access log and sends nothing that changes PHP's settings") {
  agent::call call;
  call.operation = "opcache.reset";
  for (auto const& [name, value] : agent::encode(call).params) {
    if (name == "REQUEST_URI") CHECK(value == "/cachetool?op=opcache.reset");
    CHECK(name.find("PHP_") == std::string::npos);
    CHECK(name != "DOCUMENT_ROOT");
    CHECK(name != "HTTP_ACCEPT_ENCODING");
  }
}

TEST_CASE("arguments travel in the body, never in the source") {
  agent::call call;
  call.operation = "opcache.scripts";
  php::array arguments;
  arguments.entries.push_back({std::string("exclude"), "'; evil(); '"});
  call.arguments = arguments;
  auto const encoded = agent::encode(call);
  CHECK(php::unserialize(encoded.body)->operator[]("exclude").as_string() == "'; evil(); '");
}

namespace {

/// What a call that prints BODY's foreign text passes on, its bytes fed one by one.
std::string printed_by(std::string const& body) {
  std::string text;
  answer_reader reader(nonce, {}, [&text](std::string_view part) { text += part; });
  for (char byte : body) reader.feed({&byte, 1});
  reader.end();
  return text;
}

}  // namespace

TEST_CASE("what is printed after the agent began is passed on, byte for byte") {
  std::string const text = "hi\n" + std::string(1, '\0') + "\n" + nonce.substr(0, 20) + "\n";
  CHECK(printed_by("prepended" + piece('B', "") + text + answer_piece(1) + "late") == text + "late");
}

TEST_CASE("what is printed after the first piece was thrown away is passed on") {
  CHECK(printed_by("raw" + answer_piece(1)) == "raw");
}

TEST_CASE("what is printed before the agent began is not passed on") {
  CHECK(printed_by("noise" + piece('B', "") + answer_piece(1)).empty());
}

TEST_CASE("what was printed before the connection broke is passed on") {
  CHECK(printed_by(piece('B', "") + "half") == "half");
}

TEST_CASE("code that ends the request before it returns is told from an answer that was changed") {
  answer_reader reader(nonce, {}, [](std::string_view) {});
  reader.feed(piece('B', "") + "printed");
  try {
    (void)reader.finish();
    FAIL("no error was thrown");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::protocol);
    CHECK(failed.message() == "PHP ended the request before the code returned, so its value cannot be shown");
    CHECK(failed.hint().find("fastcgi_finish_request()") != std::string::npos);
  }
}

TEST_CASE("a place in code that was passed to eval is a line of the code") {
  CHECK(agent::describe({2, "Undefined variable $a", "/run/agent.php(129) : eval()'d code", 3}) ==
        "Undefined variable $a (line 3 of the code)");
  CHECK(agent::describe({2, "Oops", "/srv/x.php", 7}) == "Oops (/srv/x.php:7)");
}

TEST_CASE("APCu that is off is a disabled extension, named by its setting") {
  error const failed = failure(piece('B', "") + refusal("apcu_off", "apc.enabled"));
  CHECK(failed.kind() == error_kind::disabled);
  CHECK(failed.message() == "APCu is off (apc.enabled=0)");
}

TEST_CASE("whatever asks for files that may be cached asks the disk, not OPcache") {
  for (char const* operation :
       {"opcache.select", "opcache.refresh", "opcache.compile", "opcache.invalidate", "opcache.prune",
        "opcache.releases", "deploy.move", "deploy.look", "deploy.resolve", "deploy.acquaint", "opcache.scripts"}) {
    INFO(operation);
    auto const text = agent::source_for(operation).text;
    for (std::string const function : {"is_file", "file_exists"}) {
      bool const calls = text.find(function + "(") != std::string_view::npos;
      CHECK(calls == (text.find("function " + function + "(") != std::string_view::npos));
    }
  }
}
