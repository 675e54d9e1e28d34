#include "cli/targets/who_serves.hpp"

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/path.hpp"
#include "cli/output/log.hpp"
#include "cli/settings/paths.hpp"
#include "releases/site.hpp"

namespace cachetool::cli {
namespace {

namespace fs = std::filesystem;

// LINK is the site's, or what lies beside it: then the link is called current.
bool names(std::string const& path, std::string const& link) {
  std::string const above = fs::path(link).parent_path().string();
  return base::lies_in(path, link) || base::lies_in(path, above + "/current") || path == above ||
         base::lies_in(path, fs::path(above).parent_path().string() + "/current");
}

// Who cannot tell may serve it: what became of that is for the command to say.
bool serves(target const& whom, std::string const& link, agent::observer& log) {
  auto const names_it = [&link](std::string const& path) { return names(path, link); };
  if (whom.unreachable || std::any_of(whom.directories.begin(), whom.directories.end(), names_it)) return true;
  try {
    return releases::has_scripts_of(releases::look(*whom.open(log), link));
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    return true;
  }
}

}  // namespace

void keep_who_serve(context& with, std::vector<target>& targets) {
  auto const is_found = [](target const& one) { return one.found; };
  if (std::count_if(targets.begin(), targets.end(), is_found) < 2) return;
  std::string const link = absolute_name(with.line.arguments.front());
  int const wanted = verbosity(with.given, with.env);
  auto const log = make_log(wanted, with.out);
  std::string others;
  std::erase_if(targets, [&](target const& one) {
    if (!one.found || serves(one, link, *log)) return false;
    others += (others.empty() ? "" : ", ") + one.addresses.front().label;
    return true;
  });
  if (targets.empty()) {
    throw error(error_kind::usage, "none of the php-fpm that were found serves the site of " + link + ": " + others)
        .advise(
            "name the one that is to serve it with --fcgi=ADDRESS; nothing of it is cached yet, and no pool's "
            "doc_root, chdir or open_basedir names it");
  }
  if (wanted > 0 && !others.empty()) with.out.warning("left alone, because they do not serve " + link + ": " + others);
}

}  // namespace cachetool::cli
