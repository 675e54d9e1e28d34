// What php-fpm does with FastCGI, where the library depends on it (docs/developers/protocol.md).

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <thread>

#include <cachetool/fastcgi/client.hpp>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/php_fpm.hpp"

using namespace cachetool;
using test::fpm_options;
using test::fpm_pool;
using test::php_fpm;
using test::request_for;

namespace {

fastcgi::response run(php_fpm const& server, std::string const& script) {
  return fastcgi::client{server.endpoint()}.execute(request_for(script));
}

/// How a worker answers bytes that the library itself would never send.
struct raw_answer {
  std::string bytes;
  bool reset = false;
};

raw_answer send_raw(fastcgi::endpoint const& where, std::string const& bytes) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, where.path().c_str(), sizeof address.sun_path - 1);
  int const fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  timeval const limit{5, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  REQUIRE(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  // May fail half-way: the worker closes as soon as it has seen enough.
  (void)send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  shutdown(fd, SHUT_WR);

  raw_answer answer;
  std::array<char, 4096> buffer;
  ssize_t count;
  while ((count = recv(fd, buffer.data(), buffer.size(), 0)) > 0) {
    answer.bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
  answer.reset = count < 0 && errno == ECONNRESET;
  close(fd);
  return answer;
}

/// A record with a header written by hand, so that it may be wrong.
std::string record(fastcgi::record_type type, std::string const& content, std::uint8_t padding = 0) {
  std::string header(fastcgi::record_header_size, '\0');
  header[0] = static_cast<char>(fastcgi::protocol_version);
  header[1] = static_cast<char>(type);
  header[3] = 1;  // the request id
  header[4] = static_cast<char>(content.size() >> 8);
  header[5] = static_cast<char>(content.size() & 0xff);
  header[6] = static_cast<char>(padding);
  return header + content + std::string(padding, '\0');
}

/// A name of less than 128 bytes and a value, as one pair of a PARAMS stream.
std::string pair_of(std::string const& name, std::string const& value) {
  std::string result{static_cast<char>(name.size())};
  for (int shift : {24, 16, 8, 0}) result += static_cast<char>((value.size() >> shift) & 0xff);
  result[1] = static_cast<char>(result[1] | '\x80');
  return result + name + value;
}

/// A request whose PARAMS records are given.
std::string request_with(std::string const& params_records) {
  std::string result;
  fastcgi::append_begin_request(result, 1, fastcgi::role::responder, false);
  result += params_records;
  fastcgi::append_stream_end(result, fastcgi::record_type::params, 1);
  fastcgi::append_stream_end(result, fastcgi::record_type::stdin_stream, 1);
  return result;
}

}  // namespace

TEST_CASE("a script answers with its status, its headers and its body") {
  php_fpm const server;
  auto const script = server.write_script("a.php", "<?php header('X-Test: 7', true, 201); echo PHP_VERSION;");
  auto const answer = run(server, script);
  CHECK(answer.status == 201);
  CHECK(answer.header("x-test") == "7");
  CHECK(answer.body.rfind(php_fpm::version() + ".", 0) == 0);
  CHECK(answer.stderr_text.empty());
}

TEST_CASE("a script that does not exist is 404 with the text File not found.") {
  php_fpm const server;
  auto const answer = run(server, server.document_root() + "/absent.php");
  CHECK(answer.status == 404);
  CHECK(answer.body == "File not found.\n");
  CHECK(answer.stderr_text.find("Primary script unknown") != std::string::npos);
}

TEST_CASE("END_REQUEST says 0 whatever the exit status of the script") {
  php_fpm const server;
  auto const script = GENERATE(as<std::string>{}, "<?php exit(3);", "<?php nonsense();", "<?php syntax error");
  auto const answer = run(server, server.write_script("a.php", script));
  CHECK(answer.end.app_status == 0);
  CHECK(answer.end.status == fastcgi::protocol_status::request_complete);
}

TEST_CASE("an error that PHP logs arrives as STDERR") {
  php_fpm const server;
  auto const script =
      server.write_script("a.php", "<?php error_log('to the log'); trigger_error('a warning', E_USER_WARNING);");
  auto const answer = run(server, script);
  CHECK(answer.body.empty());
  CHECK(answer.stderr_text.find("to the log") != std::string::npos);
  CHECK(answer.stderr_text.find("PHP Warning:  a warning") != std::string::npos);
}

TEST_CASE("a pair that is split over two PARAMS records resets the connection") {
  php_fpm const server;
  auto const script = server.write_script("a.php", "<?php echo 'ran';");
  auto const pair = pair_of("SCRIPT_FILENAME", script);
  auto const method = pair_of("REQUEST_METHOD", "GET");
  auto const params = fastcgi::record_type::params;

  auto const whole = send_raw(server.endpoint(), request_with(record(params, method) + record(params, pair)));
  CHECK(whole.bytes.find("ran") != std::string::npos);

  auto const split = send_raw(
      server.endpoint(), request_with(record(params, method + pair.substr(0, 10)) + record(params, pair.substr(10))));
  CHECK(split.bytes.empty());
  CHECK(split.reset);
}

TEST_CASE("a PARAMS record of 65535 bytes is read, and reset if it has padding beyond them") {
  php_fpm const server;
  auto const script = server.write_script("a.php", "<?php echo 'ran';");
  auto const pairs = pair_of("REQUEST_METHOD", "GET") + pair_of("SCRIPT_FILENAME", script);
  std::size_t const frame = pair_of("FILLER", "").size();
  auto const full = pairs + pair_of("FILLER", std::string(fastcgi::max_record_content - pairs.size() - frame, 'x'));
  REQUIRE(full.size() == fastcgi::max_record_content);

  auto const bare = send_raw(server.endpoint(), request_with(record(fastcgi::record_type::params, full)));
  CHECK(bare.bytes.find("ran") != std::string::npos);

  auto const padded = send_raw(server.endpoint(), request_with(record(fastcgi::record_type::params, full, 1)));
  CHECK(padded.bytes.empty());
  CHECK(padded.reset);
}

TEST_CASE("a request whose client gave up before a worker was free is run all the same") {
  php_fpm const server{
      {.pools = {fpm_pool{.listen = GENERATE(as<std::string>{}, "", "127.0.0.1:0"), .max_children = 1}}}};
  auto const directory = server.document_root() + "/marks";
  std::filesystem::create_directory(directory);
  std::filesystem::permissions(directory, std::filesystem::perms::all);
  auto const slow = server.write_script("slow.php", "<?php touch(__DIR__ . '/marks/slow'); usleep(400000);");
  auto const late = server.write_script("late.php", "<?php touch(__DIR__ . '/marks/late');");
  std::thread running([&] { run(server, slow); });
  auto const appears = [&](std::string const& mark) {
    for (int i = 0; i < 1000 && !std::filesystem::exists(directory + "/" + mark); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return std::filesystem::exists(directory + "/" + mark);
  };
  REQUIRE(appears("slow"));
  fastcgi::client_options impatient;
  impatient.timeout = std::chrono::milliseconds{50};
  CHECK_THROWS_AS(fastcgi::client(server.endpoint(), impatient).execute(request_for(late)), error);
  CHECK_FALSE(std::filesystem::exists(directory + "/late"));
  CHECK(appears("late"));
  running.join();
}

TEST_CASE("both kinds of socket work, and each pool has its own") {
  fpm_options options;
  options.pools = {fpm_pool{.name = "www"}, fpm_pool{.name = "other", .listen = "127.0.0.1:0", .max_children = 1}};
  php_fpm const server{options};
  auto const script = server.write_script("a.php", "<?php echo 'ran';");
  for (auto const* pool : {"www", "other"}) {
    CHECK(fastcgi::client{server.endpoint(pool)}.execute(request_for(script)).body == "ran");
  }
  CHECK(server.workers().size() == 3);
}

TEST_CASE("OPcache holds a script once it has run, and is gone when it is not loaded") {
  std::string const status =
      "<?php echo extension_loaded('Zend OPcache') ? opcache_is_script_cached(__FILE__) : 'none';";
  php_fpm const with;
  auto const script = with.write_script("a.php", status);
  run(with, script);
  CHECK(run(with, script).body == "1");

  fpm_options options;
  options.opcache = false;
  options.ini["memory_limit"] = "55M";
  php_fpm const without{options};
  auto const expected = php_fpm::version() == "8.5" ? "1" : "none";  // built in since 8.5
  CHECK(run(without, without.write_script("a.php", status)).body == expected);
  CHECK(run(without, without.write_script("b.php", "<?php echo ini_get('memory_limit');")).body == "55M");
}

TEST_CASE("a reload keeps the master and replaces the workers") {
  php_fpm server;
  auto const master = server.pid();
  auto const before = server.workers();
  server.reload();
  CHECK(run(server, server.write_script("a.php", "<?php echo getmypid();")).status == 200);
  CHECK(server.pid() == master);
  CHECK(server.workers() != before);
}

TEST_CASE("a stopped server leaves no process and no socket") {
  std::vector<pid_t> processes;
  std::string directory;
  {
    php_fpm const server;
    processes = server.workers();
    processes.push_back(server.pid());
    directory = server.directory();
  }
  for (auto const pid : processes) CHECK(kill(pid, 0) == -1);
  CHECK_FALSE(std::filesystem::exists(directory));
}
