#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "doctor/facts.hpp"

/// Settings, and where they are set.
namespace cachetool::doctor {

/// The command line that does this to the php-fpm that was examined: WORDS "opcache:reset".
std::string command(subject const& of, std::string const& words);

/// The value of a setting of PHP, "opcache.enable"; nothing where PHP does not know it or does not tell.
std::optional<std::string> setting(subject const& of, std::string const& name);

/// True if the setting is known, and on, or off.
bool is_set(subject const& of, std::string const& name);
bool is_unset(subject const& of, std::string const& name);

/// A number; nothing where PHP does not know the setting.
std::optional<std::int64_t> number(subject const& of, std::string const& name);

/// The line that gives the setting the value it has: of the pool's configuration, else of PHP's ini files. Nothing if
/// none is known to do so.
std::optional<fpm::directive> line_of(subject const& of, std::string const& name);

/// "/etc/php/8.2/fpm/php.ini:12"
std::string text(fpm::directive const& line);

/// What to write where, for a setting of PHP to have another value: "set opcache.enable=1 in
/// /etc/php/8.2/fpm/php.ini:12, and reload php-fpm".
std::string set_to(subject const& of, std::string const& name, std::string const& value);

/// A line of the pool's configuration, or of the section [global].
std::optional<fpm::directive> pool_line(subject const& of, std::string const& name);
std::optional<fpm::directive> global_line(subject const& of, std::string const& name);

/// The same for these: "set pm.max_children = 10 in /etc/php/8.2/fpm/pool.d/www.conf:12, and reload php-fpm".
std::string set_in_pool(subject const& of, std::string const& name, std::string const& value);
std::string set_in_global(subject const& of, std::string const& name, std::string const& value);

}  // namespace cachetool::doctor
