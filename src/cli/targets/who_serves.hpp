#pragma once

#include <vector>

#include "cli/targets/context.hpp"
#include "cli/targets/find_targets.hpp"

namespace cachetool::cli {

/// For a command with target_policy::every whose first argument, if it is given, is a site's link, or one of its
/// releases. If several
/// php-fpm were found, only those stay in `targets` that serve the site: they have scripts cached beside its releases,
/// or by names below its link, a worker remembers the link, or a pool's configuration names it. One that the user named
/// stays, too. One of which nobody tells goes, with a warning. Throws error: usage if none is left, interrupted.
void keep_who_serve(context& with, std::vector<target>& targets);

}  // namespace cachetool::cli
