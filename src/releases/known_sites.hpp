#pragma once

#include <functional>
#include <string>
#include <vector>

#include "releases/site_link.hpp"
#include "releases/site_record.hpp"
#include "releases/switched_links.hpp"

namespace cachetool::releases {

/// What is remembered of sites whose links are on this machine. It tells which of their scripts OPcache has as they
/// are.
class known_sites {
 public:
  /// Reads what is remembered beside the link, if the link leads to the same directory here as for php-fpm.
  void add(switched_link const& link);

  /// True if OPcache certainly has the file as it is. Only for files in directories that were added. Looks at this
  /// machine's file system.
  [[nodiscard]] bool has_unchanged(std::string const& path) const;

  /// Remembers the targets of the links for the next time: what is cached of a target is as its files were when the
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
