#include "docs/command_lines.hpp"

#include <algorithm>

#include <cachetool/error.hpp>

#include "cli/line/command_line.hpp"
#include "cli/line/options.hpp"
#include "docs/documents.hpp"
#include "support/catch.hpp"

namespace {

using namespace cachetool;
using test::command_lines_in;
using lines = std::vector<std::string>;

/// Why the program would not take a command line; nothing if it would.
std::string refusal_of(std::string const& command_line) {
  try {
    auto const line = cli::read_command_line(test::words_of(command_line));
    if (line.command != nullptr) cli::check_arguments(line);
    bool const is_synopsis = command_line.find('[') != std::string::npos;
    if (!is_synopsis) cli::options const converted(line);
    return {};
  } catch (error const& failed) {
    return failed.message();
  }
}

/// True for "opcache:reset --graceful", which leaves out the program's name and may leave out arguments.
bool is_command_with_more(std::string const& code) {
  auto const all = cli::commands();
  return std::any_of(all.begin(), all.end(),
                     [&](auto const& command) { return code.starts_with(std::string(command.name) + " "); });
}

}  // namespace

TEST_CASE("the program takes each command line that the documents show") {
  std::size_t seen = 0;
  for (auto const& document : test::documents()) {
    for (std::string const& line : test::command_lines_of(document)) {
      if (line.starts_with("[options] command")) continue;  // the synopsis of all
      INFO(document << ": cachetool " << line);
      CHECK(refusal_of(line).empty());
      ++seen;
    }
  }
  CHECK(seen > 60);
}

TEST_CASE("each option that a sentence names with a command is one of that command") {
  std::size_t seen = 0;
  for (auto const& document : test::documents()) {
    for (std::string const& code : test::code_in_sentences_of(document)) {
      if (!is_command_with_more(code)) continue;
      INFO(document << ": " << code);
      CHECK_NOTHROW(cli::read_command_line(test::words_of(code)));
      ++seen;
    }
  }
  CHECK(seen > 20);
}

TEST_CASE("a command line is found wherever documents write one") {
  CHECK(command_lines_in("$ cachetool doctor") == lines{"doctor"});
  CHECK(command_lines_in("*/5 * * * * root /usr/bin/cachetool fpm:check -q") == lines{"fpm:check -q"});
  CHECK(command_lines_in("run('cd {{x}} && cachetool deploy:warm {{x}} 2>&1')") == lines{"deploy:warm {{x}}"});
  CHECK(command_lines_in("run('cachetool a'); after('b', 'c')") == lines{"a"});
  CHECK(command_lines_in("cachetool a && php cachetool.phar b || exit") == lines{"a", "b"});
  CHECK(command_lines_in("x=$(cachetool a --b=c) | jq") == lines{"a --b=c"});
  CHECK(command_lines_in("command: [cachetool, doctor, -q]") == lines{"doctor -q"});
  CHECK(command_lines_in(R"(command = [ "/usr/bin/cachetool", "fpm:check" ])") == lines{"fpm:check"});
  CHECK(command_lines_in("cachetool php:eval -r 'return 1;' > out") == lines{"php:eval -r 'return 1;'"});
}

TEST_CASE("what is no command line is not taken for one") {
  CHECK(command_lines_in("namespace :cachetool do; find_package(cachetool 11)").empty());
  CHECK(command_lines_in("COPY --from=cachetool /usr/bin/cachetool /usr/bin/cachetool").empty());
  CHECK(command_lines_in("cp /usr/share/cachetool/cachetool.phar cachetool.phar").empty());
  CHECK(command_lines_in("docker build -t cachetool directory").empty());
  CHECK(command_lines_in("apt-get remove cachetool     # takes it away").empty());
}

TEST_CASE("what the program does not take is told from what it takes") {
  CHECK(refusal_of("opcache:reset --fcgi=/run/php/fpm.sock").empty());
  CHECK(refusal_of("doctor [--site=PATH] [--format=table|json|csv]").empty());
  CHECK(refusal_of("deploy:warm {{ release }}").empty());
  CHECK(refusal_of("-V").empty());
  CHECK_FALSE(refusal_of("opcache:rest").empty());
  CHECK_FALSE(refusal_of("opcache:reset --gracefully").empty());
  CHECK_FALSE(refusal_of("opcache:reset --timeout=soon").empty());
  CHECK_FALSE(refusal_of("deploy:warm").empty());
  CHECK_FALSE(refusal_of("deploy:warm one two").empty());
}
