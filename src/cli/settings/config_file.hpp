#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

namespace cachetool::cli {

/// What a .cachetool.yml says. Keys that it does not have are empty here.
struct config {
  std::string path;  ///< the file; empty if there was none
  std::optional<std::string> adapter;
  std::optional<std::vector<std::string>> extensions;
  std::optional<std::string> temp_dir;
  std::optional<std::vector<std::string>> fastcgi;
  std::optional<std::string> fastcgi_chroot;
  std::optional<std::string> agent;
  std::optional<std::string> web_client;
  std::optional<std::string> web_path;
  std::optional<std::string> web_url;
  std::optional<bool> web_allow_insecure;
  std::optional<std::string> web_basic_auth;
  std::optional<std::string> web_host;
  bool graceful = false;  ///< "reset: graceful"

  /// One line for each unknown key, with the nearest known one.
  std::vector<std::string> warnings;
};

/// Whose config files count.
struct config_owners {
  std::vector<uid_t> fully;  ///< empty: everybody's

  /// Users whose files count only as far as they name a php-fpm. The user who called sudo may be allowed this one
  /// command; nothing else in the file may make another user write or run something.
  std::vector<uid_t> for_addresses{};

  /// Nobody named the file. Then it does not count if others can move files of the users above into its directory.
  bool found = false;
};

/// Somebody who is not believed can write the file, or put another one in its place.
class untrusted_config : public error {
 public:
  untrusted_config(std::string const& path, std::string const& why);
};

/// Returns the config files that exist; the first one counts. Looks for .cachetool.yml or .yaml in the working
/// directory, its parents and `home`, then for /etc/cachetool.yml or .yaml.
std::vector<std::string> find_config_files(std::string const& home);

/// Reads a file. Throws error (config), which names file, line and column; untrusted_config if anybody but `owners` can
/// change it, even if it cannot be read.
config read_config_file(std::string const& path, config_owners const& owners = {});

}  // namespace cachetool::cli
