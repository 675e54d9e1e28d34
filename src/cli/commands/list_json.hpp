#pragma once

#include <string>
#include <vector>

#include "cli/line/option_spec.hpp"

namespace cachetool::cli {

/// What `list --format=json` and `help --format=json` print, in the form of Symfony's console: application, commands
/// with their definition, namespaces.
std::string list_json(std::vector<command_spec const*> const& listed, std::string const& group);
std::string help_json(command_spec const& command);

}  // namespace cachetool::cli
