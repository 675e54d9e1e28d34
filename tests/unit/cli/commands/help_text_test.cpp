#include "cli/commands/help_text.hpp"

#include <sstream>

#include "cli/commands/man_page.hpp"
#include "cli/line/command_line.hpp"
#include "support/catch.hpp"

using namespace cachetool::cli;

namespace {

/// The words of a simple command line: split at spaces, with single quotes.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words{""};
  bool quoted = false;
  for (char const c : line) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

/// What follows "cachetool" in an example that may have a pipe before and a redirection behind.
std::vector<std::string> arguments_of(std::string_view example) {
  std::string_view line = example.substr(example.find("cachetool "));
  line = line.substr(0, line.find(" > "));
  auto words = words_of(line);
  words.erase(words.begin());
  return words;
}

std::size_t longest_line(std::string const& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

}  // namespace

TEST_CASE("every command has an example, and each of its examples is a command line of its own") {
  for (command_spec const& command : commands()) {
    if (command.internal) continue;
    INFO(command.name);
    CHECK_FALSE(command.examples.empty());
    for (std::string_view const example : lines_of(command.examples)) {
      INFO(example);
      CHECK(read_command_line(arguments_of(example)).command == &command);
    }
  }
}

TEST_CASE("help is as wide as it is asked to be") {
  CHECK(longest_line(help_text(find_command("opcache:prune"), 80)) <= 80);
  CHECK(longest_line(options_text(80)) <= 80);
  CHECK(longest_line(options_text(120)) > 80);
}

TEST_CASE("help shows a command's own options, and where the others are") {
  std::string const text = help_text(find_command("opcache:prune"), 100);
  CHECK(text.find("cachetool opcache:prune [options]") != std::string::npos);
  CHECK(text.find("--keep=DIR") != std::string::npos);
  CHECK(text.find("--web-basic-auth") == std::string::npos);
  CHECK(text.find("cachetool help options") != std::string::npos);
}

TEST_CASE("a command that asks no php-fpm has no exit code for one that cannot be reached") {
  CHECK(exit_code_rows(find_command("list")).size() == 2);
  CHECK(exit_code_rows(find_command("opcache:reset")).size() == 6);
  CHECK(exit_code_rows(find_command("opcache:check")).back().name == "3");
}

TEST_CASE("the manual page of a group has all its commands, that of the program all groups") {
  for (command_spec const& command : commands()) {
    if (command.internal) continue;
    INFO(command.name);
    std::string name(command.name);
    if (auto const dash = name.find('-'); dash != std::string::npos) name.insert(dash, "\\");
    CHECK(man_page({}).find(name) != std::string::npos);
    bool const grouped = name.find(':') != std::string::npos;
    if (grouped) CHECK(man_page(group_of(name)).find(".SS cachetool " + name) != std::string::npos);
  }
}

TEST_CASE("a manual page has no line that is taken for an instruction by chance") {
  std::istringstream lines(man_page("opcache"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('.')) continue;
    INFO(line);
    std::string const instruction = line.substr(0, line.find(' '));
    CHECK(std::string_view(".TH .SH .SS .PP .TP .B .BR .RS .RE .nf .fi").find(instruction) != std::string::npos);
  }
}

TEST_CASE("there is no manual page of a group that does not exist") {
  CHECK_THROWS_WITH(man_page("nothing"), "there are no commands in the group \"nothing\"");
}
