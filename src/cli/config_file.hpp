#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

  /// One line for each key that means nothing, with the nearest one that does.
  std::vector<std::string> warnings;
};

/// The file that counts: .cachetool.yml or .yaml in the working directory, its parents and HOME, then
/// /etc/cachetool.yml or .yaml. Empty if there is none.
std::string find_config_file(std::string const& home);

/// Reads a file. Throws error (config) that names file, line and column.
config read_config_file(std::string const& path);

}  // namespace cachetool::cli
