#pragma once

#include <vector>

#include "cli/targets/context.hpp"
#include "cli/targets/find_targets.hpp"

namespace cachetool::cli {

/// For a command with target_policy::every whose first argument is a site's link, or one of its releases: of several
/// php-fpm that were found, those stay in TARGETS that serve the site. They have scripts cached beside its releases, or
/// a pool's configuration names it; and who cannot tell stays, too. Named ones stay whatever they serve. Throws error:
/// usage if none serves it, interrupted.
void keep_who_serve(context& with, std::vector<target>& targets);

}  // namespace cachetool::cli
