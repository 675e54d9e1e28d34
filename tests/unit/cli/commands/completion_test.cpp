#include "cli/commands/completion.hpp"

#include "adapter/child.hpp"
#include "support/catch.hpp"

using namespace cachetool;

namespace {

/// What bash offers for this line, one word a line.
std::string completed(std::string const& line) {
  adapter::child_options options;
  options.argv = {"bash",
                  "--norc",
                  "-c",
                  cli::completion_script("bash") + "COMP_LINE=$1; COMP_POINT=${#1}; COMP_WORDBREAKS=$' \\t\\n=:'\n" +
                      "_cachetool; printf '%s\\n' \"${COMPREPLY[@]}\"",
                  "bash",
                  line};
  std::string out;
  auto const ended = adapter::run_child(options, [&out](std::string_view part) { out += part; });
  CHECK(ended.err.empty());
  return out;
}

}  // namespace

TEST_CASE("bash completes a command from behind the last colon") {
  CHECK(completed("cachetool opcache:res") == "reset\nreset:file-cache\n");
  CHECK(completed("cachetool comp") == "completion\n");
}

TEST_CASE("bash completes a command's own options and their choices") {
  CHECK(completed("cachetool opcache:reset --form") == "--format=table\n--format=json\n--format=csv\n");
  CHECK(completed("cachetool opcache:reset --format=j") == "json\n");
}

TEST_CASE("bash completes global options before the command, and the command after them") {
  CHECK(completed("cachetool --fcg") == "--fcgi\n--fcgi-chroot\n");
  CHECK(completed("cachetool --fcgi=/run/a.sock opcache:conf") == "configuration\n");
}

TEST_CASE("bash leaves arguments to its own completion of files") {
  CHECK(completed("cachetool opcache:status /et") == "\n");
}

TEST_CASE("there is no completion for a shell that is not known") {
  CHECK_THROWS_WITH(cli::completion_script(""), "there is no completion for the shell \"\"");
}
