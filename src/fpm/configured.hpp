#pragma once

#include <optional>
#include <string>

#include <cachetool/fastcgi/endpoint.hpp>

#include "fpm/master.hpp"
#include "fpm/root_directory.hpp"
#include "fpm/search_time.hpp"
#include "fpm/sockets.hpp"

/// What a master's configuration says about its pools.
namespace cachetool::fpm {

/// Reads the file of.config into of.global and of.pools, as far as time suffices. `prefix` is from
/// installation_prefix().
void read_configuration(root_directory const& files, std::string const& prefix, search_time const& time, master& of);

/// Returns the directory that a php-fpm with this configuration and executable (which may be empty) takes relative
/// paths from: "/usr/local" for /usr/local/etc/php-fpm.conf, else the executable's path before /sbin or /bin, else
/// "/usr".
std::string installation_prefix(std::string const& config, std::string const& executable);

/// The value of a directive, or `otherwise` if there is none.
std::string value_of(pool const& of, char const* name, std::string const& otherwise = {});

/// Where a pool listens, from its lines 'listen' and 'prefix'.
std::optional<fastcgi::endpoint> configured_endpoint(pool const& of, std::string const& prefix);

/// True if the socket listens at that endpoint of the same machine. A unix socket may have several paths: /run and
/// /var/run.
bool is_at(listening_socket const& socket, fastcgi::endpoint const& endpoint, root_directory const& files);

/// Where this machine reaches a listening socket. Nothing if its address cannot be written as an endpoint.
std::optional<fastcgi::endpoint> endpoint_of(listening_socket const& socket);

}  // namespace cachetool::fpm
