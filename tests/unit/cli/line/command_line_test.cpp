#include "cli/line/command_line.hpp"

#include <cachetool/error.hpp>

#include "support/catch.hpp"

using namespace cachetool;
using cli::command_line;
using cli::read_command_line;

namespace {

// Every value given to an option, in order; "(none)" for one without a value.
std::vector<std::string> values(command_line const& line, std::string_view option) {
  std::vector<std::string> found;
  for (auto const& given : line.options) {
    if (given.spec->name == option) found.push_back(given.value.value_or("(none)"));
  }
  return found;
}

error usage_error(std::vector<std::string> const& words) {
  try {
    read_command_line(words);
  } catch (error const& failed) {
    REQUIRE(failed.kind() == error_kind::usage);
    return failed;
  }
  FAIL("no error was thrown");
  throw 0;
}

using words = std::vector<std::string>;

}  // namespace

TEST_CASE("a line without words names no command") {
  CHECK(read_command_line({}).command == nullptr);
}

TEST_CASE("an option may stand before the command or after it") {
  CHECK(values(read_command_line({"--fcgi=/a", "opcache:reset"}), "fcgi") == words{"/a"});
  CHECK(values(read_command_line({"opcache:reset", "--fcgi=/a"}), "fcgi") == words{"/a"});
}

TEST_CASE("--fcgi takes the next word as its value") {
  CHECK(values(read_command_line({"opcache:reset", "--fcgi", "/a"}), "fcgi") == words{"/a"});
}

TEST_CASE("--fcgi before the command does not swallow the command") {
  auto const line = read_command_line({"--fcgi", "opcache:reset"});
  REQUIRE(line.command != nullptr);
  CHECK(line.command->name == "opcache:reset");
  CHECK(values(line, "fcgi") == words{"(none)"});
}

TEST_CASE("--fcgi before the command takes a value that names no command") {
  auto const line = read_command_line({"--fcgi", "/run/a.sock", "opcache:reset"});
  CHECK(line.command->name == "opcache:reset");
  CHECK(values(line, "fcgi") == words{"/run/a.sock"});
}

TEST_CASE("--fcgi after the command takes even a word that names a command") {
  CHECK(values(read_command_line({"opcache:reset", "--fcgi", "list"}), "fcgi") == words{"list"});
}

TEST_CASE("--fcgi at the end, or before another option, has no value") {
  CHECK(values(read_command_line({"opcache:reset", "--fcgi"}), "fcgi") == words{"(none)"});
  CHECK(values(read_command_line({"opcache:reset", "--fcgi", "-q"}), "fcgi") == words{"(none)"});
}

TEST_CASE("--fcgi= has the empty value, not none") {
  CHECK(values(read_command_line({"opcache:reset", "--fcgi="}), "fcgi") == words{""});
}

TEST_CASE("--fcgi may be given several times") {
  CHECK(values(read_command_line({"--fcgi=/a", "opcache:reset", "--fcgi", "/b"}), "fcgi") == words{"/a", "/b"});
}

TEST_CASE("a value in brackets stays whole") {
  CHECK(values(read_command_line({"opcache:reset", "--fcgi=[::1]:9000"}), "fcgi") == words{"[::1]:9000"});
}

TEST_CASE("a short option takes its value from the same word or the next") {
  CHECK(values(read_command_line({"opcache:reset", "-t/tmp"}), "tmp-dir") == words{"/tmp"});
  CHECK(values(read_command_line({"opcache:reset", "-t", "/tmp"}), "tmp-dir") == words{"/tmp"});
}

TEST_CASE("short flags may be bundled") {
  auto const line = read_command_line({"opcache:reset", "-vvqn"});
  CHECK(values(line, "verbose").size() == 2);
  CHECK(values(line, "quiet").size() == 1);
  CHECK(values(line, "no-interaction").size() == 1);
}

TEST_CASE("four -v are accepted") {
  CHECK(values(read_command_line({"opcache:reset", "-vvvv"}), "verbose").size() == 4);
}

TEST_CASE("a long option may be abbreviated while it stays unique") {
  CHECK(values(read_command_line({"opcache:reset", "--tmp=/a"}), "tmp-dir") == words{"/a"});
  CHECK(values(read_command_line({"opcache:reset", "--conn=1"}), "connect-timeout") == words{"1"});
}

TEST_CASE("an ambiguous abbreviation of an option is refused with what it may mean") {
  auto const failed = usage_error({"opcache:reset", "--ver"});
  CHECK(failed.message() == "the option --ver is ambiguous");
  CHECK(failed.hint() == "did you mean --version or --verbose?");
}

TEST_CASE("an unknown option is refused with the near ones") {
  auto const failed = usage_error({"opcache:reset", "--formt=json"});
  CHECK(failed.message() == "the option --formt does not exist for opcache:reset");
  CHECK(failed.hint() == "did you mean --format?");
}

TEST_CASE("an unknown option before the command is refused, not the word after it") {
  auto const failed = usage_error({"--fgci", "/run/php.sock", "opcache:reset"});
  CHECK(failed.message() == "the option --fgci does not exist");
  CHECK(failed.hint().find("--fcgi") != std::string::npos);
}

TEST_CASE("an unknown letter is refused") {
  CHECK(usage_error({"opcache:reset", "-z"}).message() == "the option -z does not exist for opcache:reset");
}

TEST_CASE("an option of another command is refused") {
  CHECK(usage_error({"opcache:reset", "--exclude=x"}).message() ==
        "the option --exclude does not exist for opcache:reset");
}

TEST_CASE("a command's own option may stand before the command") {
  auto const line = read_command_line({"--exclude=x", "opcache:status:scripts"});
  CHECK(line.command->name == "opcache:status:scripts");
  CHECK(values(line, "exclude") == words{"x"});
}

TEST_CASE("an option that needs a value is refused without one") {
  CHECK(usage_error({"opcache:reset", "--tmp-dir"}).message() == "the option --tmp-dir requires a value");
  CHECK(usage_error({"opcache:reset", "-t"}).message() == "the option --tmp-dir requires a value");
  CHECK(usage_error({"opcache:reset", "-t", "--"}).message() == "the option --tmp-dir requires a value");
  CHECK(usage_error({"opcache:reset", "-t", "--fcgi=/a"}).message() == "the option --tmp-dir requires a value");
  CHECK(usage_error({"opcache:reset", "--tmp-dir", "-q"}).message() == "the option --tmp-dir requires a value");
}

TEST_CASE("a flag with a value is refused") {
  CHECK(usage_error({"opcache:reset", "--quiet=1"}).message() == "the option --quiet takes no value");
}

TEST_CASE("what follows -- is an argument, whatever it looks like") {
  auto const line = read_command_line({"list", "--", "--raw"});
  CHECK(line.arguments == words{"--raw"});
  CHECK(values(line, "raw").empty());
}

TEST_CASE("arguments are taken as they are") {
  CHECK(read_command_line({"list", "[1,2]", "++"}).arguments == words{"[1,2]", "++"});
}

TEST_CASE("a lone dash is an argument") {
  CHECK(read_command_line({"list", "-"}).arguments == words{"-"});
}

TEST_CASE("each part of a command's name may be abbreviated") {
  CHECK(cli::find_command("o:res").name == "opcache:reset");
  CHECK(cli::find_command("op:conf").name == "opcache:configuration");
  CHECK(cli::find_command("opcache:status").name == "opcache:status");
  CHECK(cli::find_command("o:s:s").name == "opcache:status:scripts");
}

TEST_CASE("an unknown command is refused with the near ones") {
  auto const failed = usage_error({"opcache:rest"});
  CHECK(failed.message() == "the command \"opcache:rest\" does not exist");
  CHECK(failed.hint().find("opcache:reset") != std::string::npos);
}

TEST_CASE("a command that is like none leads to the list") {
  CHECK(usage_error({"zzzzzzzz"}).hint() == "cachetool list shows every command");
}

TEST_CASE("an empty word is no command") {
  CHECK(usage_error({""}).message() == "the command \"\" does not exist");
}

TEST_CASE("a part of a command's name, or another program's word for it, has that command suggested") {
  struct wrong_word {
    std::string word;
    std::string hint;
  };
  auto const given =
      GENERATE(values<wrong_word>({{"reset", "did you mean opcache:reset?"},
                                   {"status", "did you mean fpm:status or opcache:status?"},
                                   {"clear", "did you mean opcache:reset, apcu:cache:clear or stat:clear?"},
                                   {"flush", "did you mean apcu:cache:clear, stat:clear or opcache:reset?"},
                                   {"apcu:clear", "did you mean apcu:cache:clear?"},
                                   {"apcu:reset", "did you mean apcu:cache:clear?"},
                                   {"cache:clear", "did you mean apcu:cache:clear?"},
                                   {"opcache:flush", "did you mean opcache:reset?"},
                                   {"opcache:gc", "did you mean opcache:prune?"},
                                   {"invalidate", "did you mean opcache:invalidate:scripts?"},
                                   {"compile", "did you mean opcache:compile:script or opcache:compile:scripts?"},
                                   {"warm", "did you mean deploy:warm?"},
                                   {"opcache:clear", "did you mean opcache:reset?"}}));
  CAPTURE(given.word);
  try {
    cachetool::cli::find_command(given.word);
    FAIL("no error");
  } catch (cachetool::error const& failed) {
    CHECK(failed.hint() == given.hint);
  }
}

TEST_CASE("a format that is given as an option of its own has the right one suggested") {
  try {
    cachetool::cli::read_command_line({"opcache:status", "--json"});
    FAIL("no error");
  } catch (cachetool::error const& failed) {
    CHECK(failed.hint() == "did you mean --format=json?");
  }
}
