// opcache:top on a real terminal, against a real php-fpm.

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

#include "agent/operations.hpp"
#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"
#include "terminal.hpp"

using namespace cachetool;
using test::contains;
using test::php_fpm;
using test::run_program;
using test::terminal;

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

std::string text_of(std::string const& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

/// opcache:top in a terminal. The shell tells how it ended, and how the terminal was set before and after.
class top {
 public:
  top(php_fpm const& server, std::string const& options)
      : screen_("cd " + files_.path() + "; stty -g >before; sh -c \"echo \\$\\$ >pid; exec " + test::built_program() +
                " opcache:top -v --fcgi=" + server.endpoint().text() + " " + options +
                " 2>log\"; echo ended with $?; stty -g >after; exec sleep 60") {}

  terminal* operator->() noexcept { return &screen_; }

  [[nodiscard]] pid_t pid() const { return std::stoi(text_of(files_ / "pid")); }
  [[nodiscard]] std::string log() const { return text_of(files_ / "log"); }

  bool left_the_terminal_as_it_was() {
    for (int tries = 0; tries < 100 && text_of(files_ / "after").empty(); ++tries) std::this_thread::sleep_for(20ms);
    return !text_of(files_ / "before").empty() && text_of(files_ / "before") == text_of(files_ / "after");
  }

 private:
  test::temp_dir files_;
  terminal screen_;
};

// One for all cases that change nothing in it.
php_fpm const& filled() {
  static php_fpm const server(test::one_pool());
  static bool const is_filled = (test::fill_cache(server, 50), true);
  static_cast<void>(is_filled);
  return server;
}

std::set<std::string> asked_for(std::string const& log) {
  static std::regex const executing("Executing: ([a-z_.]+) on ");
  std::set<std::string> out;
  for (std::sregex_iterator at(log.begin(), log.end(), executing), end; at != end; ++at) out.insert((*at)[1]);
  return out;
}

std::set<std::string> listed_for_top() {
  std::set<std::string> out;
  for (agent::operation const& each : agent::operations()) {
    if (contains("|" + std::string(each.commands) + "|", "|opcache:top|")) out.emplace(each.name);
  }
  return out;
}

std::ptrdiff_t samples_in(std::string const& log) {
  static std::regex const executing("Executing: ");
  return std::distance(std::sregex_iterator(log.begin(), log.end(), executing), std::sregex_iterator());
}

void wait_for_samples(top const& of, std::ptrdiff_t count) {
  for (int tries = 0; tries < 1000 && samples_in(of.log()) < count; ++tries) std::this_thread::sleep_for(20ms);
  CHECK(samples_in(of.log()) >= count);
}

std::ptrdiff_t descriptors_of(pid_t pid) {
  return std::distance(fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd"), fs::directory_iterator());
}

long kib_of(pid_t pid, std::string const& kind) {
  std::smatch found;
  std::string const status = text_of("/proc/" + std::to_string(pid) + "/status");
  REQUIRE(std::regex_search(status, found, std::regex(kind + ":\\s+([0-9]+)")));
  return std::stol(found[1]);
}

// A sanitizer reserves terabytes, and keeps what was freed.
bool is_sanitized(pid_t pid) {
  return kib_of(pid, "VmSize") > 1L << 30;
}

}  // namespace

TEST_CASE("opcache:top shows the cache, keys change what it shows, and q leaves the terminal as it was") {
  if (auto const why = terminal::missing()) return test::skip(*why);
  top shown(filled(), "--interval=0.2");
  std::string const first = shown->screen_with("are busy");
  INFO(first);
  CHECK(contains(first, filled().endpoint().text() + ", pool www"));
  CHECK(contains(first, "Memory    ["));
  CHECK(contains(first, "0 of the 1 other worker of the pool www are busy"));
  shown->press("m");
  CHECK(contains(shown->screen_with("Script"), filled().document_root()));
  shown->press("g");
  CHECK(contains(shown->screen_with("No script was used"), "No script was used"));
  shown->press("?");
  CHECK(contains(shown->screen_with("this help"), "this help"));
  shown->resize(40, 12);
  CHECK(contains(shown->screen_with("w h m g Tab ? q"), "w h m g Tab ? q"));
  shown->press("q");
  CHECK(contains(shown->screen_with("ended with"), "ended with 0"));
  CHECK(shown.left_the_terminal_as_it_was());
  CHECK(asked_for(shown.log()) == listed_for_top());
}

TEST_CASE("a signal ends opcache:top with its code, and leaves the terminal as it was") {
  if (auto const why = terminal::missing()) return test::skip(*why);
  int const signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  top shown(filled(), "");
  REQUIRE(contains(shown->screen_with("Memory"), "Memory"));
  kill(shown.pid(), signal);
  CHECK(contains(shown->screen_with("ended with"), "ended with " + std::to_string(128 + signal)));
  CHECK_FALSE(contains(shown->screen(), "Memory"));
  CHECK(shown.left_the_terminal_as_it_was());
}

TEST_CASE("when php-fpm goes opcache:top says so, and finds it again when it is back") {
  if (auto const why = terminal::missing()) return test::skip(*why);
  php_fpm server(test::one_pool());
  top shown(server, "--interval=0.2");
  REQUIRE(contains(shown->screen_with("Memory"), "Memory"));
  std::string const away = server.endpoint().text() + ".away";
  fs::rename(server.endpoint().text(), away);
  CHECK(contains(shown->screen_with("no such socket"), "Memory"));
  fs::rename(away, server.endpoint().text());
  for (int tries = 0; tries < 100 && contains(shown->screen(), "no such socket"); ++tries) {
    std::this_thread::sleep_for(50ms);
  }
  CHECK_FALSE(contains(shown->screen(), "no such socket"));
}

TEST_CASE("a php-fpm that does not answer keeps no key of opcache:top waiting") {
  if (auto const why = terminal::missing()) return test::skip(*why);
  php_fpm const server(test::one_pool({}, 1));
  test::long_request busy(server, 20s);
  top shown(server, "");
  REQUIRE(contains(shown->screen_with("waiting"), "waiting for an answer"));
  auto const pressed = std::chrono::steady_clock::now();
  shown->press("q");
  CHECK(contains(shown->screen_with("ended with"), "ended with 0"));
  CHECK(std::chrono::steady_clock::now() - pressed < 5s);
  busy.end();
}

TEST_CASE("of several php-fpm opcache:top shows the one that a key chooses") {
  if (auto const why = terminal::missing()) return test::skip(*why);
  php_fpm const other(test::one_pool());
  top shown(filled(), "--fcgi=" + other.endpoint().text());
  CHECK(contains(shown->screen_with("1 of 2"), "1 of 2"));
  shown->press("Tab");
  CHECK(contains(shown->screen_with("2 of 2"), "2 of 2"));
  CHECK(contains(shown->screen_with(other.endpoint().text()), other.endpoint().text()));
  shown->press("1");
  CHECK(contains(shown->screen_with(filled().endpoint().text()), filled().endpoint().text()));
}

TEST_CASE("two hundred samples take no more memory and no more descriptors than twenty") {
  if (auto const why = terminal::missing()) return test::skip(*why);
  top shown(filled(), "--interval=0.01");
  shown->press("g");
  wait_for_samples(shown, 40);
  std::ptrdiff_t const descriptors = descriptors_of(shown.pid());
  long const memory = kib_of(shown.pid(), "VmRSS");
  wait_for_samples(shown, 240);
  CHECK(descriptors_of(shown.pid()) <= descriptors + 2);  // one request may be under way
  if (!is_sanitized(shown.pid())) CHECK(kib_of(shown.pid(), "VmRSS") <= memory + 512);
}

TEST_CASE("without a terminal opcache:top says what to use instead") {
  auto const said = run_program({"opcache:top", "--fcgi=/nowhere.sock"});
  CHECK(said.exit_code == 2);
  CHECK(contains(said.err, "no terminal"));
  CHECK(contains(said.err, "opcache:status --watch"));
  CHECK(said.out.empty());
}

TEST_CASE("on a dumb terminal, and on one that nobody knows, opcache:top says what to use instead") {
  if (auto const why = terminal::missing()) return test::skip(*why);
  for (std::string const kind : {"dumb", "nobody-knows-this"}) {
    terminal screen("TERM=" + kind + " " + test::built_program() +
                    " opcache:top --fcgi=/nowhere.sock; echo ended with $?; exec sleep 60");
    std::string const said = screen.screen_with("ended with");
    CHECK(contains(said, "ended with 2"));
    CHECK(contains(said, "opcache:status --watch"));
  }
}
