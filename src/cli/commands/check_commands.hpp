#pragma once

#include <string>
#include <vector>

#include <cachetool/error.hpp>

namespace cachetool::cli {

class console;
class context;
enum class exit_code : int;

exit_code opcache_check(context& with);
exit_code fpm_check(context& with);

/// True if the first command that the words of the command line name is one of these, whatever is wrong with them.
bool names_a_check(std::vector<std::string> const& words);

/// Says as a monitoring plugin does that it could not begin, and returns its exit code. The words name a check.
exit_code check_did_not_begin(std::vector<std::string> const& words, console& out, error const& failed);

}  // namespace cachetool::cli
