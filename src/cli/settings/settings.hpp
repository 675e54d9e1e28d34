#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>

#include "adapter/cli_adapter.hpp"
#include "adapter/fastcgi_adapter.hpp"
#include "adapter/web_adapter.hpp"
#include "cli/line/options.hpp"
#include "cli/settings/config_file.hpp"
#include "cli/settings/narrowing.hpp"

namespace cachetool::cli {

/// The environment variables that the program uses.
struct environment {
  std::string home;
  std::string cachetool_fcgi;     ///< CACHETOOL_FCGI, a list with commas
  std::string fcgi_connect;       ///< FCGI_CONNECT
  std::string web_basic_auth;     ///< CACHETOOL_WEB_BASIC_AUTH, "user:password"
  std::string shell_verbosity;    ///< SHELL_VERBOSITY, -1 to 3
  std::string state_home;         ///< XDG_STATE_HOME, where programs of a user keep what they remember
  std::string shell;              ///< SHELL, the path of the user's shell
  std::optional<uid_t> sudo_uid;  ///< SUDO_UID, the user who called sudo
  bool no_color = false;          ///< NO_COLOR is set
  bool dumb_terminal = false;     ///< TERM is "dumb" or unset
};

environment read_environment();

/// Returns 0 to 3, or -1 for -q and SHELL_VERBOSITY=-1, which win over everything else.
int verbosity(options const& given, environment const& env);

/// Follows --ansi, --no-ansi and NO_COLOR; else `terminal`, which says whether the stream is one.
bool wants_colour(options const& given, environment const& env, bool terminal);

/// Reads the config file that counts for this command line. Throws error (config).
config load_config(options const& given, environment const& env);

/// Which php-fpm are meant. Options win over the config file, and the file over the environment.
struct wanted_targets {
  std::vector<fastcgi::endpoint> named;
  bool find = false;   ///< also those that run on this machine
  narrowing narrowed;  ///< which of those
};

/// Throws error: usage for --all, --pool or --php together with an address, and for an option that is not an address;
/// config if the file has a wrong address.
wanted_targets choose_targets(options const& given, config const& file, environment const& env);

enum class adapter_kind : std::uint8_t { fastcgi, web, cli };

/// Returns the way to PHP: --fcgi, --web or --cli, else the file's adapter, else FastCGI. Throws error: usage for
/// options that contradict each other or the way; config if the file names an unknown way.
adapter_kind choose_adapter(options const& given, config const& file);

// The options for each way. Each throws error (usage) if something is missing or wrong.
adapter::fastcgi_options choose_fastcgi(options const& given, config const& file);
adapter::web_options choose_web(options const& given, config const& file, environment const& env = {});
adapter::cli_options choose_cli(options const& given);

}  // namespace cachetool::cli
