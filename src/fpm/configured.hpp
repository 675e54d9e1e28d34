#pragma once

#include <optional>
#include <string>

#include <cachetool/fastcgi/endpoint.hpp>

#include "fpm/master.hpp"
#include "fpm/root_directory.hpp"
#include "fpm/search_time.hpp"
#include "fpm/sockets.hpp"

/// What a master's configuration says of its pools.
namespace cachetool::fpm {

/// Reads the file OF.config into OF.global and OF.pools, as far as TIME suffices. PREFIX as installation_prefix() gives
/// it.
void read_configuration(root_directory const& files, std::string const& prefix, search_time const& time, master& of);

/// What a php-fpm of this configuration and executable (which may be empty) takes relative paths to be relative to:
/// "/usr/local" for /usr/local/etc/php-fpm.conf, else what stands before /sbin or /bin in the executable, else "/usr".
std::string installation_prefix(std::string const& config, std::string const& executable);

/// The value of a directive, or what it is without.
std::string value_of(pool const& of, char const* name, std::string const& otherwise = {});

/// Where a pool listens by its lines 'listen' and 'prefix'.
std::optional<fastcgi::endpoint> configured_endpoint(pool const& of, std::string const& prefix);

/// True if SOCKET listens at that endpoint of the same machine. Unix sockets may go by several paths: /run and
/// /var/run.
bool is_at(listening_socket const& socket, fastcgi::endpoint const& endpoint, root_directory const& files);

/// Where this machine reaches a listening socket. Nothing if its address cannot be written as one.
std::optional<fastcgi::endpoint> endpoint_of(listening_socket const& socket);

}  // namespace cachetool::fpm
