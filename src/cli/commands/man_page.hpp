#pragma once

#include <string>
#include <string_view>

namespace cachetool::cli {

/// Returns the source of a manual page, in the macros of man(7): cachetool(1) for an empty group, and for the group
/// "opcache" cachetool-opcache(1), with all its commands. Throws error (usage) for a group that does not exist.
std::string man_page(std::string_view group);

}  // namespace cachetool::cli
