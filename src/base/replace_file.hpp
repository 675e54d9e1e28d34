#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace cachetool::base {

/// Puts a file with this text and mode at `name` in `directory`, a descriptor, in one step: whoever reads sees the old
/// text or the new one. What is there already is replaced; a link is not followed. The text is first written to
/// `beside`, a name in the same directory that must be free; nothing is left of it. 0, or the errno of what failed.
int replace_file(int directory, std::string const& name, std::string const& beside, std::string_view text, mode_t mode);

}  // namespace cachetool::base
