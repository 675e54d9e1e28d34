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

/// What php-fpm's configuration says, as far as it could be read.
struct configuration {
  directives global;
  std::vector<std::pair<std::string, directives>> pools;  ///< by name, in the order of the files
};

/// Where the parser gets what it does not have itself.
struct config_source {
  /// The content of a file; nothing if it cannot be read.
  std::function<std::optional<std::string>(std::string const& path)> read;

  /// The files that the pattern of an include line matches.
  std::function<std::vector<std::string>(std::string const& pattern)> matches;

  /// What ${NAME} stands for; nothing if that cannot be known: then the text stays as it is.
  std::function<std::optional<std::string>(std::string const& name)> variable;

  std::string prefix;  ///< what relative include lines are relative to, "/usr"
};

/// Reads a configuration as php-fpm does (php-src sapi/fpm/fpm/fpm_conf.c): line by line, sections that may come again
/// and go on through included files, quotes, ${NAME}, comments, $pool. Where php-fpm would refuse to start it goes on:
/// what runs may have been started with another content. Operators (|, &, !) and PHP's constants stay as they are.
///
/// The files may be anybody's: bounded are the depth of includes (php-fpm's own limit), their number, the files, the
/// bytes, the pools, the directives, and the length of names and values; what goes beyond is left out.
configuration parse_config(std::string const& file, config_source const& source);

/// Where a 'listen' line makes php-fpm listen, as this machine reaches it: a port and "*:PORT" on 127.0.0.1,
/// "[::]:PORT" on ::1. A relative path is relative to PREFIX. Nothing if the value makes no sense. Source: php-src
/// sapi/fpm/fpm/fpm_sockets.c.
std::optional<fastcgi::endpoint> listen_endpoint(std::string const& value, std::string const& prefix);

}  // namespace cachetool::fpm
