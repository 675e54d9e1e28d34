#include "cli/commands/agent_commands.hpp"

#include "agent/agent.hpp"
#include "cli/settings/paths.hpp"
#include "placement/installed_agent.hpp"

namespace cachetool::cli {

exit_code agent_install(context& with) {
  std::string const named =
      with.line.arguments.empty() ? placement::installed_agent_path() : with.line.arguments.front();
  std::string const path = absolute_name(named);
  bool const written = placement::install_agent(path);
  with.out.line(written ? "The agent is installed as " + path : path + " is this program's agent already");
  with.out.line("Use it with --agent=" + path + ", or in .cachetool.yml: \"agent: " + path +
                "\", where php-fpm sees it under that path");
  return exit_code::done;
}

exit_code agent_show(context& with) {
  with.out.write(agent::complete().text);
  return exit_code::done;
}

}  // namespace cachetool::cli
