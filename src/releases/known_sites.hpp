#pragma once

#include <functional>
#include <string>
#include <vector>

#include "releases/site_link.hpp"
#include "releases/site_record.hpp"
#include "releases/switched_links.hpp"

namespace cachetool::releases {

/// True if the names below the link are remembered to have been led where it leads, since it was made.
bool was_finished(switched_link const& link);

/// What is remembered of sites whose links are on this machine, to know which of their scripts OPcache has as they are.
class known_sites {
 public:
  /// Reads what is remembered beside the link, where that leads to the same directory here as for php-fpm.
  void add(switched_link const& link);

  /// True if the file below one of their directories is certain to be as OPcache has it. Looks at this machine's file
  /// system.
  [[nodiscard]] bool has_unchanged(std::string const& path) const;

  /// Remembers what each of the links leads to, for the next time: what is cached of it is as its files were when the
  /// link was made, or was compiled later.
  void remember();

 private:
  struct site {
    site_link link;
    site_record record;
    std::string live;
  };

  std::vector<site> sites_;
  std::vector<std::function<bool(std::string const& path)>> known_;
};

}  // namespace cachetool::releases
