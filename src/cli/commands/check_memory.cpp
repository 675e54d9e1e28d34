#include "cli/commands/check_memory.hpp"

#include <unistd.h>

#include "base/file_info.hpp"
#include "base/sha256.hpp"
#include "monitor/state_file.hpp"

namespace cachetool::cli {

std::string state_directory_of(context const& with) {
  if (auto const named = with.given.text("state-dir")) return *named;
  if (geteuid() == 0) return "/var/lib/cachetool";
  if (with.env.state_home.starts_with('/')) return with.env.state_home + "/cachetool";
  return with.env.home.starts_with('/') ? with.env.home + "/.local/state/cachetool" : "";
}

std::string state_file_name(std::string_view service, std::string const& endpoint) {
  return std::string(service) + "-" + base::sha256(endpoint).substr(0, 16) + ".json";
}

std::vector<monitor::point> seen_by_checks(context const& with, std::string const& endpoint) {
  std::string const directory = state_directory_of(with);
  if (directory.empty() || !base::look_at(directory)) return {};  // to open it would make it
  try {
    auto known = monitor::read_record(monitor::state_directory(directory).read(state_file_name("opcache", endpoint)));
    return known && known->endpoint == endpoint ? std::move(known->history) : std::vector<monitor::point>();
  } catch (error const&) {
    return {};  // the page goes without it
  }
}

}  // namespace cachetool::cli
