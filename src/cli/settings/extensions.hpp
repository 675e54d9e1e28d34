#pragma once

#include "cli/line/option_spec.hpp"
#include "cli/settings/config_file.hpp"

namespace cachetool::cli {

/// True if the config file lists the extensions in use, and not the one that this command needs.
bool is_hidden(command_spec const& command, config const& file);

/// Throws error (usage) if the command is hidden.
void refuse_hidden(command_spec const& command, config const& file);

}  // namespace cachetool::cli
