#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>

#include "fpm/master.hpp"

namespace cachetool::fpm {

using directives = std::map<std::string, directive>;

/// php-fpm's configuration, as far as it could be read.
struct configuration {
  directives global;
  std::vector<std::pair<std::string, directives>> pools;  ///< by name, in the order of the files
};

/// What the parser needs from outside.
struct config_source {
  /// The content of a file; nothing if it cannot be read.
  std::function<std::optional<std::string>(std::string const& path)> read;

  /// The files that the pattern of an include line matches.
  std::function<std::vector<std::string>(std::string const& pattern)> matches;

  /// The value of ${NAME}; nothing if unknown: then the text stays as it is.
  std::function<std::optional<std::string>(std::string const& name)> variable;

  std::string prefix;  ///< relative include lines begin here: "/usr"
};

/// Reads a configuration as php-fpm does (php-src sapi/fpm/fpm/fpm_conf.c): line by line, with sections that may return
/// and go on through included files, quotes, ${NAME}, comments, $pool. Where php-fpm would refuse to start, this goes
/// on: the running php-fpm may have been started with another content. Operators (|, &, !) and PHP's constants stay as
/// they are.
///
/// The files may be anybody's. So there are limits for the depth of includes (php-fpm's own limit) and their number,
/// for files, bytes, pools and directives, and for the length of names and values. Whatever exceeds them is left out.
configuration parse_config(std::string const& file, config_source const& source);

/// Returns where a 'listen' line makes php-fpm listen, as this machine reaches it: a port and "*:<port>" on 127.0.0.1,
/// "[::]:<port>" on ::1. A relative path begins at `prefix`. Nothing if the value makes no sense. Source: php-src
/// sapi/fpm/fpm/fpm_sockets.c.
std::optional<fastcgi::endpoint> listen_endpoint(std::string const& value, std::string const& prefix);

}  // namespace cachetool::fpm
