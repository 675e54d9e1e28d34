#include "cli/agent_commands.hpp"

#include "adapter/installed_agent.hpp"
#include "agent/agent.hpp"
#include "cli/paths.hpp"

namespace cachetool::cli {

exit_code agent_install(context& with) {
  std::string const named = with.line.arguments.empty() ? adapter::installed_agent_path() : with.line.arguments.front();
  std::string const path = absolute_name(named);
  bool const written = adapter::install_agent(path);
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
