#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "advice/facts.hpp"

/// Settings, and where they are set.
namespace cachetool::advice {

/// The command line that does this for the php-fpm that was examined; `words` are "opcache:reset", for instance.
std::string command(subject const& of, std::string const& words);

/// The value of a PHP setting, "opcache.enable"; nothing if PHP does not know it or does not tell.
std::optional<std::string> setting(subject const& of, std::string const& name);

/// True if the setting is known, and on (off).
bool is_set(subject const& of, std::string const& name);
bool is_unset(subject const& of, std::string const& name);

/// A number; nothing if PHP does not know the setting.
std::optional<std::int64_t> number(subject const& of, std::string const& name);

/// The line that gives the setting its value: in the pool's configuration, else in PHP's ini files. Nothing if no such
/// line is known.
std::optional<fpm::directive> line_of(subject const& of, std::string const& name);

/// "/etc/php/8.2/fpm/php.ini:12"
std::string text(fpm::directive const& line);

/// What to write where to change a PHP setting: "set opcache.enable=1 in /etc/php/8.2/fpm/php.ini:12, and reload
/// php-fpm".
std::string set_to(subject const& of, std::string const& name, std::string const& value);

/// Two things to do, of which one or both may be empty.
std::string either(std::string const& one, std::string const& other);

/// A line of the pool's configuration, or of its section [global].
std::optional<fpm::directive> pool_line(subject const& of, std::string const& name);
std::optional<fpm::directive> global_line(subject const& of, std::string const& name);

/// The same for these lines: "set pm.max_children = 10 in /etc/php/8.2/fpm/pool.d/www.conf:12, and reload php-fpm".
std::string set_in_pool(subject const& of, std::string const& name, std::string const& value);
std::string set_in_global(subject const& of, std::string const& name, std::string const& value);

}  // namespace cachetool::advice
