#include "cli/settings/extensions.hpp"

#include <algorithm>

#include <cachetool/error.hpp>

namespace cachetool::cli {
namespace {

// Empty if the command needs none.
std::string_view extension_of(command_spec const& command) {
  for (std::string_view const extension : {"apcu", "opcache"}) {
    if (command.name.starts_with(extension) && command.name.substr(extension.size()).starts_with(':')) return extension;
  }
  return {};
}

}  // namespace

bool is_hidden(command_spec const& command, config const& file) {
  std::string_view const extension = extension_of(command);
  return file.extensions && !extension.empty() &&
         std::find(file.extensions->begin(), file.extensions->end(), extension) == file.extensions->end();
}

void refuse_hidden(command_spec const& command, config const& file) {
  if (!is_hidden(command, file)) return;
  std::string const extension(extension_of(command));
  throw error(error_kind::usage, "the command " + std::string(command.name) + " is hidden, because extensions in " +
                                     file.path + " does not list " + extension)
      .advise("add " + extension + " to that list");
}

}  // namespace cachetool::cli
