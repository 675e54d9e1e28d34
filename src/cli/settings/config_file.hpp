#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

namespace cachetool::cli {

/// What a .cachetool.yml says. Empty where it says nothing.
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

  /// One line for each key that means nothing, with the nearest one that does.
  std::vector<std::string> warnings;
};

/// Whose files count.
struct config_owners {
  std::vector<uid_t> fully;  ///< none: everybody's

  /// Those whose files count as long as they do no more than to name a php-fpm: who called sudo may be allowed this one
  /// command, and shall not have another user write or run something by what the file says besides.
  std::vector<uid_t> for_addresses{};

  /// Nobody named the file: it does not count in a directory into which others can move what somebody of the above
  /// owns.
  bool found = false;
};

/// Somebody else than those who are believed can write the file, or put another in its place.
class untrusted_config : public error {
 public:
  untrusted_config(std::string const& path, std::string const& why);
};

/// The files that there are, the first of them the one that counts: .cachetool.yml or .yaml in the working directory,
/// its parents and HOME, then /etc/cachetool.yml or .yaml.
std::vector<std::string> find_config_files(std::string const& home);

/// Reads a file. Throws error (config) that names file, line and column; untrusted_config if anybody but OWNERS has a
/// say in it, also where it cannot be read.
config read_config_file(std::string const& path, config_owners const& owners = {});

}  // namespace cachetool::cli
