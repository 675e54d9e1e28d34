#include "releases/known_sites.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/path.hpp"
#include "releases/young_files.hpp"

namespace cachetool::releases {
namespace {

// Nothing if this machine has no such link.
std::optional<site_link> link_here(std::string const& path) {
  try {
    return site_link(path);
  } catch (error const&) {
    return std::nullopt;
  }
}

}  // namespace

void known_sites::add(switched_link const& link) {
  std::optional<site_link> here = link_here(link.path);
  if (!here || here->target() != link.leads_to) return;
  site_record record = site_record::read(here->directory(), here->name());
  for (verified const& each : record.entries()) {
    // The pool named the link: what lies beside it tells of its owner's directories alone.
    if (have_one_owner(base::parent_of(here->path()), each.path)) known_.push_back(unchanged_since(each));
  }
  sites_.push_back({std::move(*here), std::move(record), link.leads_to});
}

bool known_sites::has_unchanged(std::string const& path) const {
  return std::any_of(known_.begin(), known_.end(), [&path](auto const& knows) { return knows(path); });
}

// Times are compared, so both must come from one file system.
void known_sites::remember() {
  for (site& each : sites_) {
    std::string const around = base::parent_of(each.link.path());
    verified entry = verified_at(each.live, each.link.made_at());
    bool const is_comparable = entry.since > 0 && entry.itself.device == verified_at(around, 0).itself.device;
    if (!is_comparable) continue;
    each.record.set(std::move(entry));
    each.record.write(each.link.directory(), each.link.name());
  }
}

}  // namespace cachetool::releases
