#include "cli/settings/extensions.hpp"

#include <cachetool/error.hpp>

#include "cli/line/command_line.hpp"
#include "support/catch.hpp"

using namespace cachetool;

namespace {

cli::config with_extensions(std::vector<std::string> names) {
  cli::config file;
  file.path = "/c.yml";
  file.extensions = std::move(names);
  return file;
}

}  // namespace

TEST_CASE("without a list of extensions no command is hidden") {
  for (auto const& command : cli::commands()) CHECK_FALSE(cli::is_hidden(command, {}));
}

TEST_CASE("an extension that is not listed hides its commands, and no others") {
  auto const file = with_extensions({"apcu"});
  CHECK(cli::is_hidden(cli::find_command("opcache:reset"), file));
  CHECK_FALSE(cli::is_hidden(cli::find_command("list"), file));
  CHECK_FALSE(cli::is_hidden(cli::find_command("opcache:reset"), with_extensions({"opcache"})));
}

TEST_CASE("asking for a hidden command is refused with the reason") {
  CHECK_THROWS_WITH(cli::refuse_hidden(cli::find_command("opcache:reset"), with_extensions({})),
                    "the command opcache:reset is hidden, because extensions in /c.yml does not list opcache");
}

TEST_CASE("a command is found by its aliases, also abbreviated") {
  for (char const* name : {"self:update", "self-update", "update", "s:u", "self-up", "upd"}) {
    CHECK(cli::find_command(name).name == "self:update");
  }
}
