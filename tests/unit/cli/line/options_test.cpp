#include "cli/line/options.hpp"

#include <stdexcept>

#include <cachetool/error.hpp>

#include "support/catch.hpp"

using namespace cachetool;
using namespace std::chrono_literals;
using cli::options;

namespace {

options given(std::vector<std::string> const& words) {
  return options(cli::read_command_line(words));
}

error usage_error(std::vector<std::string> const& words) {
  try {
    given(words);
  } catch (error const& failed) {
    REQUIRE(failed.kind() == error_kind::usage);
    return failed;
  }
  FAIL("no error was thrown");
  throw 0;
}

}  // namespace

TEST_CASE("flags are counted") {
  CHECK(given({"opcache:reset", "-vvv"}).flag("verbose") == 3);
  CHECK(given({"opcache:reset"}).flag("verbose") == 0);
}

TEST_CASE("seconds may have a fraction") {
  CHECK(given({"opcache:reset", "--timeout=2.5"}).seconds("timeout") == 2500ms);
}

TEST_CASE("a timeout shorter than a millisecond is one millisecond") {
  CHECK(given({"opcache:reset", "--timeout=0.0001"}).seconds("timeout") == 1ms);
}

TEST_CASE("an option that is not given has no value") {
  auto const none = given({"opcache:reset"});
  CHECK_FALSE(none.seconds("timeout"));
  CHECK_FALSE(none.count("retries"));
  CHECK_FALSE(none.text("tmp-dir"));
  CHECK_FALSE(none.given("fcgi"));
}

TEST_CASE("the last of several values wins") {
  CHECK(given({"opcache:reset", "--timeout=1", "--timeout=2"}).seconds("timeout") == 2s);
  CHECK(given({"opcache:reset", "-t/a", "-t/b"}).text("tmp-dir") == "/b");
}

TEST_CASE("no retries at all can be asked for") {
  CHECK(given({"opcache:reset", "--retries=0"}).count("retries") == 0);
  CHECK(given({"opcache:reset", "--retries=010"}).count("retries") == 10);
  CHECK(given({"opcache:reset", "--retries=08"}).count("retries") == 8);
}

TEST_CASE("a timeout that is no positive number is refused") {
  for (std::string const value : {"0", "-1", "abc", "", "nan", "inf", "1e300", "5s"}) {
    INFO(value);
    CHECK(usage_error({"opcache:reset", "--timeout=" + value}).message().find("--timeout") != std::string::npos);
  }
}

TEST_CASE("a count that is no whole number from zero is refused") {
  for (std::string const value : {"-1", "1.5", "x", "", "99999999999999999999"}) {
    INFO(value);
    CHECK(usage_error({"opcache:reset", "--retries=" + value}).message().find("--retries") != std::string::npos);
  }
}

TEST_CASE("a format that does not exist is refused with those that do") {
  CHECK(usage_error({"opcache:status", "--format=xml"}).message().find("json") != std::string::npos);
}

TEST_CASE("a value that is refused is told with what the option takes, and an example") {
  auto const format = usage_error({"opcache:status", "--format=xml"});
  CHECK(format.message() == "the option --format takes table, json or csv, not \"xml\"");
  CHECK(format.hint() == "for example --format=table");
  auto const retries = usage_error({"opcache:reset", "--retries=x"});
  CHECK(retries.message() == "the option --retries takes a whole number from 0 to 1000000000, not \"x\"");
  CHECK(retries.hint() == "for example --retries=3");
  auto const timeout = usage_error({"opcache:reset", "--timeout=5s"});
  CHECK(timeout.message() == "the option --timeout takes a time in seconds above 0, not \"5s\"");
  CHECK(timeout.hint() == "for example --timeout=2.5");
  for (std::string const value : {"1e3", "inf", "nan", "0x10", "+5", "-1", "0", "1.2.3", ""}) {
    INFO(value);
    CHECK_THROWS_AS(given({"opcache:reset", "--timeout=" + value}), error);
  }
}

TEST_CASE("an empty address is refused and never means: find it") {
  auto const failed = usage_error({"opcache:reset", "--fcgi="});
  CHECK(failed.message() == "the option --fcgi has an empty value");
  CHECK_FALSE(failed.hint().empty());
}

TEST_CASE("every occurrence of a repeatable option is kept, with its value or without") {
  auto const all = given({"opcache:reset", "--fcgi=/a", "--fcgi"}).all("fcgi");
  REQUIRE(all.size() == 2);
  CHECK(all[0] == "/a");
  CHECK_FALSE(all[1]);
}

TEST_CASE("a percentage may have its sign, and nothing else may") {
  auto const given = [](std::string const& option) {
    return cachetool::cli::options(cachetool::cli::read_command_line({"opcache:reset", option}));
  };
  CHECK(given("--if-wasted=20%").count("if-wasted") == 20);
  CHECK_THROWS_AS(given("--if-wasted=%"), cachetool::error);
  CHECK_THROWS_AS(given("--retries=3%"), cachetool::error);
}

TEST_CASE("no option and no value is refused in other words than the program's own") {
  std::vector<std::string> const odd{"",     " ",        "x", "-1",  "+1",    "0x10", "1e400",
                                     "nan",  "inf",      "0", "1,5", "[1,2]", "{}",   "99999999999999999999999",
                                     "1\n2", "\x1b[31m", "%", "=",   "--",    "1 2"};
  for (auto const& command : cli::commands()) {
    for (auto const& option : command.options) {
      for (std::string const& value : odd) {
        INFO(command.name << " --" << option.name << "=" << value);
        try {
          given({std::string(command.name), "--" + std::string(option.name) + "=" + value});
        } catch (error const& failed) {
          CHECK(failed.kind() == error_kind::usage);
          CHECK(std::string(failed.message()).find("the option --" + std::string(option.name)) == 0);
        }
      }
    }
  }
}

TEST_CASE("who asks for an option that the command's table does not have has made a mistake") {
  options const line = given({"opcache:reset"});
  CHECK_THROWS_AS(line.flag("saef"), std::logic_error);
  CHECK_THROWS_AS(line.given("every-file"), std::logic_error);
  CHECK_THROWS_AS(line.text("keep"), std::logic_error);
  CHECK_THROWS_AS(line.seconds("paces"), std::logic_error);
  CHECK_THROWS_AS(line.count("pace"), std::logic_error);
  CHECK_THROWS_AS(line.all("exclude"), std::logic_error);
}

TEST_CASE("every option of every command's table can be asked for, and so can those of all commands") {
  for (cli::command_spec const& command : cli::commands()) {
    options const line = given({std::string(command.name)});
    for (cli::option_spec const& each : command.options) CHECK_FALSE(line.given(each.name));
    for (cli::option_spec const& each : cli::global_options()) CHECK_FALSE(line.given(each.name));
  }
}
