#include <malloc.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <stdexcept>

#include <cachetool/fastcgi/client.hpp>

#include "base/unique_fd.hpp"
#include "support/catch.hpp"
#include "support/fake_server.hpp"

using namespace cachetool;
using namespace cachetool::fastcgi;
using namespace cachetool::test;
using namespace std::chrono_literals;

namespace {

request const asked{.params = {{"SCRIPT_FILENAME", "/a.php"}}, .body = "body"};

std::string output(std::string_view content, std::uint16_t id = 1, std::uint8_t padding = 0) {
  return raw_record(record_type::stdout_stream, content, id, padding);
}

std::string diagnostics(std::string_view content, std::uint16_t id = 1) {
  return raw_record(record_type::stderr_stream, content, id);
}

response answered(script what, client_options options = {}) {
  fake_server server(std::move(what));
  return client(server.where(), options).execute(asked);
}

/// The error with which a call of SERVER ends.
error failed(fake_server& server, client_options options = {}, request const& what = asked) {
  try {
    (void)client(server.where(), options).execute(what);
  } catch (error const& e) {
    CHECK(e.endpoint() == server.where().text());
    CHECK(e.message().find('\n') == std::string::npos);
    return e;
  }
  throw std::runtime_error("no error");
}

error failed(script what, client_options options = {}) {
  fake_server server(std::move(what));
  return failed(server, options);
}

error failed_with(std::string bytes, client_options options = {}) {
  return failed({read_request(), send(std::move(bytes)), wait_for_close()}, options);
}

std::size_t memory_in_use() {
  auto const now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

}  // namespace

TEST_CASE("a call sends the encoded request and returns the answer") {
  fake_server server({read_request(), send(plain_answer("hello"))});
  auto const got = client(server.where()).execute(asked);
  CHECK(got.status == 200);
  CHECK(got.header("Content-Type") == "text/plain");
  CHECK(got.body == "hello");
  CHECK(server.received() == encode(asked, 1));
}

TEST_CASE("a call over TCP works") {
  fake_server server({read_request(), send(plain_answer("hello"))}, fake_server::on::tcp);
  CHECK(client(server.where()).execute(asked).body == "hello");
}

TEST_CASE("an answer that comes byte by byte works") {
  CHECK(answered({read_request(), send_bytewise(plain_answer("hello"))}).body == "hello");
}

TEST_CASE("padding and records of unknown types are passed over") {
  auto const strange =
      raw_record(static_cast<record_type>(99), "strange", 5) + raw_record(record_type::get_values_result, "", 0);
  auto const bytes = strange + output("A: b\r\n\r\nhel", 1, 5) + strange + output("lo", 1, 255) + end_request_record();
  CHECK(answered({read_request(), send(bytes)}).body == "hello");
}

TEST_CASE("the statuses of END_REQUEST are kept") {
  auto const got = answered({read_request(), send(end_request_record(protocol_status::request_complete, 0x01020304))});
  CHECK(got.end.app_status == 0x01020304);
  CHECK(got.end.status == protocol_status::request_complete);
}

TEST_CASE("an answer that stops inside the headers is taken as far as it goes") {
  auto const got = answered({read_request(), send(output("Status: 500 Oops") + end_request_record())});
  CHECK(got.status == 500);
  CHECK(got.body.empty());
}

TEST_CASE("STDERR is collected between the output") {
  auto const bytes = diagnostics("one ") + output("\r\nbody") + diagnostics("two") + end_request_record();
  auto const got = answered({read_request(), send(bytes)});
  CHECK(got.stderr_text == "one two");
  CHECK(got.stderr_dropped == 0);
  CHECK(got.body == "body");
}

TEST_CASE("STDERR beyond 64 KiB is counted and dropped") {
  auto const bytes = diagnostics(std::string(60000, 'e')) + diagnostics(std::string(60000, 'f')) + diagnostics("g") +
                     plain_answer("body");
  auto const got = answered({read_request(), send(bytes)});
  CHECK(got.stderr_text.size() == 65536);
  CHECK(got.stderr_text.back() == 'f');
  CHECK(got.stderr_dropped == 120001 - 65536);
  CHECK(got.body == "body");
}

TEST_CASE("the writing side is shut down after the request, so that the worker is free at once") {
  CHECK(answered({read_request(), wait_for_close(), send(plain_answer("after the end"))}).body == "after the end");
}

TEST_CASE("an answer given before the request was read is an answer") {
  fake_server server({read_bytes(100), send(plain_answer("too soon")), reset()});
  CHECK(client(server.where()).execute({.body = std::string(4 << 20, 'x')}).body == "too soon");
}

TEST_CASE("an answer cut in the middle of a record is a dead worker") {
  auto const e = failed({read_request(), send(output("A: b\r\n\r\nhello").substr(0, 12))});
  CHECK(e.kind() == error_kind::worker_died);
  CHECK(e.at() == phase::receive);
  CHECK(e.message() == "the connection was closed in the middle of the answer");
  CHECK(e.may_have_run());
  CHECK_FALSE(e.hint().empty());
}

TEST_CASE("an answer without END_REQUEST is a dead worker") {
  auto const e = failed({read_request(), send(output("A: b\r\n\r\nhello"))});
  CHECK(e.kind() == error_kind::worker_died);
  CHECK(e.may_have_run());
}

TEST_CASE("a unix socket closed at once is a dead worker") {
  auto const e = failed({read_request()});
  CHECK(e.kind() == error_kind::worker_died);
  CHECK(e.message() == "the connection was closed before any answer");
  CHECK(e.may_have_run());
}

TEST_CASE("a unix socket closed with the request unread is a dead worker, and raises no SIGPIPE") {
  fake_server server({read_bytes(1), reset()});
  auto const e = failed(server, {}, {.body = std::string(4 << 20, 'x')});
  CHECK(e.kind() == error_kind::worker_died);
  CHECK(e.message() == "the connection broke (Connection reset by peer) before any answer");
  CHECK(e.may_have_run());
}

TEST_CASE("a TCP server that drops silent clients too has listen.allowed_clients set") {
  fake_server server(fake_server::on::tcp, {{reset()}, {reset()}});
  auto const e = failed(server);
  CHECK(e.kind() == error_kind::unreachable);
  CHECK(e.message() == "the connection was dropped before anything was read from it");
  CHECK(e.hint().find("listen.allowed_clients") != std::string::npos);
  CHECK_FALSE(e.may_have_run());
}

TEST_CASE("a TCP connection reset without an answer is a dead worker if a silent client is let be") {
  fake_server server(fake_server::on::tcp, {{read_bytes(10), reset()}, {wait_for_close()}});
  auto const e = failed(server);
  CHECK(e.kind() == error_kind::worker_died);
  CHECK(e.may_have_run());
}

TEST_CASE("output, diagnostics or an end for another request break the protocol") {
  for (auto const& bytes : {output("\r\nbody", 2), diagnostics("text", 0),
                            raw_record(record_type::end_request, std::string(8, '\0'), 258)}) {
    auto const e = failed_with(bytes);
    CHECK(e.kind() == error_kind::protocol);
    CHECK(e.message().starts_with("the answer is for request "));
    CHECK(e.may_have_run());
  }
}

TEST_CASE("an HTTP answer is not FastCGI, and the hint says it is a web server") {
  auto const e = failed_with("HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\n\r\n");
  CHECK(e.kind() == error_kind::not_fastcgi);
  CHECK(e.message() ==
        "what listens there does not speak FastCGI, its answer begins with "
        "'HTTP/1.1 400 Bad Request\\r\\nServer: nginx/...'");
  CHECK(e.hint().find("web server") != std::string::npos);
}

TEST_CASE("bytes of an answer that is not FastCGI are escaped") {
  auto const e = failed_with("\x1b[2J\xff");
  CHECK(e.kind() == error_kind::not_fastcgi);
  CHECK(e.message().ends_with("'\\x1b[2J\\xff'"));
  CHECK(e.hint().empty());
}

TEST_CASE("garbage after a good record breaks the protocol") {
  auto const e = failed_with(output("\r\nbody") + "garbage");
  CHECK(e.kind() == error_kind::protocol);
  CHECK(e.message() == "the answer holds a record that does not begin with version 1: 'garbage'");
}

TEST_CASE("a short END_REQUEST breaks the protocol") {
  auto const e = failed_with(raw_record(record_type::end_request, "1234567"));
  CHECK(e.kind() == error_kind::protocol);
  CHECK(e.message() == "the END_REQUEST record is shorter than its 8 bytes");
}

TEST_CASE("headers longer than 64 KiB break the protocol") {
  auto const e = failed_with(output("A: " + std::string(60000, 'x')) + output(std::string(60000, 'x')));
  CHECK(e.kind() == error_kind::protocol);
  CHECK(e.message() == "the headers of the answer are longer than 64 KiB");
}

TEST_CASE("an overloaded server has not run the request, and the hint says to try again") {
  auto const e = failed_with(end_request_record(protocol_status::overloaded));
  CHECK(e.kind() == error_kind::protocol);
  CHECK(e.message() == "the request was refused: it is overloaded");
  CHECK(e.hint() == "try again later");
  CHECK_FALSE(e.may_have_run());
}

TEST_CASE("other refusals are named") {
  CHECK(failed_with(end_request_record(protocol_status::cant_multiplex)).message() ==
        "the request was refused: it cannot multiplex connections");
  CHECK(failed_with(end_request_record(protocol_status::unknown_role)).message() ==
        "the request was refused: it does not know the role");
  CHECK(failed_with(end_request_record(static_cast<protocol_status>(9))).message() ==
        "the request was refused: protocol status 9");
}

TEST_CASE("a refusal after output may have run") {
  CHECK(failed_with(output("\r\nbody") + end_request_record(protocol_status::overloaded)).may_have_run());
}

TEST_CASE("a body larger than max_body breaks the protocol, one of that size does not") {
  client_options options;
  options.max_body = 4;
  CHECK(answered({read_request(), send(plain_answer("1234"))}, options).body == "1234");
  auto const e = failed_with(plain_answer("12345"), options);
  CHECK(e.kind() == error_kind::protocol);
  CHECK(e.message() == "the body of the answer is larger than 4 bytes");
}

TEST_CASE("no answer in time is a timeout, and the request may have run") {
  client_options options;
  options.timeout = 60ms;
  auto const e = failed({read_request(), wait_for_close(), pause(5s)}, options);
  CHECK(e.kind() == error_kind::timeout);
  CHECK(e.at() == phase::receive);
  CHECK(e.message() == "no answer within 60 ms");
  CHECK(e.may_have_run());
  CHECK_FALSE(e.hint().empty());
}

TEST_CASE("an answer that keeps trickling in does not outlive the timeout") {
  client_options options;
  options.timeout = 60ms;
  script slow{read_request(), send(output("\r\n"))};
  for (int i = 0; i < 100; ++i) slow.insert(slow.end(), {send(output("x")), pause(5ms)});
  auto const e = failed(std::move(slow), options);
  CHECK(e.kind() == error_kind::timeout);
  CHECK(e.message() == "the answer was not complete after 60 ms");
}

TEST_CASE("a request that nobody reads is a timeout while sending") {
  client_options options;
  options.timeout = 60ms;
  fake_server server({pause(5s)});
  auto const e = failed(server, options, {.body = std::string(4 << 20, 'x')});
  CHECK(e.kind() == error_kind::timeout);
  CHECK(e.at() == phase::send);
  CHECK(e.may_have_run());
}

TEST_CASE("what the sink throws passes through") {
  fake_server server({read_request(), send(plain_answer("hello")), wait_for_close()});
  auto const sink = [](std::string_view) { throw std::out_of_range("enough"); };
  CHECK_THROWS_AS(client(server.where()).execute(asked, sink), std::out_of_range);
}

TEST_CASE("a streamed body of 8 MiB takes constant memory") {
  std::string const piece = output(std::string(32768, 'x'));
  fake_server server(
      {read_request(), send(output("A: b\r\n\r\n")), send_repeated(piece, 256), send(end_request_record())});
  std::size_t total = 0;
  std::size_t peak = 0;
  auto const before = memory_in_use();
  auto const got = client(server.where()).execute(asked, [&](std::string_view part) {
    total += part.size();
    peak = std::max(peak, memory_in_use());
  });
  CHECK(total == 8 << 20);
  CHECK(got.body.empty());
  CHECK(got.header("A") == "b");
  CHECK(peak < before + (1 << 20));
}

TEST_CASE("a big request and a big answer at the same time do not block each other") {
  std::string const piece = output(std::string(65528, 'x'));
  fake_server server({send(output("\r\n")), send_repeated(piece, 64), read_request(), send(end_request_record())});
  request const big{.body = std::string(4 << 20, 'y')};
  CHECK(client(server.where()).execute(big).body.size() == 64 * 65528);
  CHECK(server.received() == encode(big, 1));
}

TEST_CASE("a connection that was kept carries the next request") {
  fake_server server({read_request(), send(plain_answer("one")), read_request(), send(plain_answer("two"))});
  auto open = client(server.where()).connect();
  request const kept{.keep_connection = true};
  CHECK(open.execute(kept).body == "one");
  CHECK(open.execute(asked).body == "two");
  CHECK(server.received() == encode(kept, 1) + encode(asked, 1));
}

TEST_CASE("a connection that was not kept carries no second request") {
  fake_server server({read_request(), send(plain_answer("one"))});
  auto open = client(server.where()).connect();
  CHECK(open.execute(asked).body == "one");
  try {
    open.execute(asked);
    FAIL("accepted");
  } catch (error const& e) {
    CHECK(e.kind() == error_kind::usage);
    CHECK(e.at() == phase::prepare);
    CHECK_FALSE(e.may_have_run());
  }
}

TEST_CASE("a connection with bytes after END_REQUEST is not used again") {
  fake_server server({read_request(), send(plain_answer("one") + "surplus"), wait_for_close()});
  auto open = client(server.where()).connect();
  CHECK(open.execute({.keep_connection = true}).body == "one");
  CHECK_THROWS_AS(open.execute(asked), error);
}

TEST_CASE("a parameter that fits no record is refused before anything is sent") {
  fake_server server({read_request()});
  auto const e = failed(server, {}, {.params = {{"A", std::string(70000, 'x')}}});
  CHECK(e.kind() == error_kind::usage);
  CHECK(e.at() == phase::prepare);
  CHECK_FALSE(e.may_have_run());
}

TEST_CASE("a call ends when the interrupt descriptor becomes readable") {
  base::unique_fd const stop(::eventfd(0, EFD_CLOEXEC));
  client_options options;
  options.interrupt_fd = stop.get();
  auto const interrupt = [&stop](peer&) { ::eventfd_write(stop.get(), 1); };
  auto const e = failed({read_request(), interrupt, wait_for_close(), pause(5s)}, options);
  CHECK(e.kind() == error_kind::interrupted);
  CHECK(e.may_have_run());
}

TEST_CASE("a call that is interrupted before it begins sends nothing") {
  base::unique_fd const stop(::eventfd(1, EFD_CLOEXEC));
  client_options options;
  options.interrupt_fd = stop.get();
  fake_server server({wait_for_close()});
  auto const e = failed(server, options);
  CHECK(e.kind() == error_kind::interrupted);
  CHECK(e.at() == phase::send);
  CHECK_FALSE(e.may_have_run());
}
