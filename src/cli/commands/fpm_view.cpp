#include "cli/commands/fpm_view.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "fpm/reach.hpp"
#include "fpm/site_directories.hpp"
#include "report/record.hpp"

namespace cachetool::cli {
namespace {

std::string value_of(fpm::pool const& one, char const* name) {
  auto const line = one.config.find(name);
  return line == one.config.end() ? "" : line->second.value;
}

std::string pid_text(fpm::master const& owner) {
  return owner.self.pid == 0 ? "" : std::to_string(owner.self.pid);
}

// The user's name from the configuration, or else the workers' user number.
std::string user_text(fpm::master const& owner, fpm::pool const& one) {
  std::string const named = value_of(one, "user");
  if (!named.empty() && owner.self.uid == 0) return named;  // only root's php-fpm can change its user
  if (!one.workers.empty()) return std::to_string(one.workers.front().uid);
  return owner.self.pid == 0 || owner.self.uid == 0 ? "" : std::to_string(owner.self.uid);
}

std::string_view reach_name(fpm::access reach) {
  switch (reach) {
    case fpm::access::reachable:
      return "reachable";
    case fpm::access::forbidden:
      return "forbidden";
    case fpm::access::stale:
      return "stale";
    case fpm::access::absent:
      return "absent";
    case fpm::access::saturated:
      return "saturated";
    case fpm::access::unknown:
      break;
  }
  return "unknown";
}

std::vector<std::int64_t> worker_pids(fpm::pool const& one) {
  std::vector<std::int64_t> pids;
  for (fpm::process const& worker : one.workers) pids.push_back(worker.pid);
  return pids;
}

std::string sites_text(fpm::pool const& one, std::string_view between) {
  std::string out;
  for (std::string const& each : fpm::site_directories(one)) {
    if (!out.empty()) out += between;
    out += each;
  }
  return out;
}

}  // namespace

std::string endpoint_text(fpm::pool const& one) {
  return one.endpoint ? one.endpoint->text() : "";
}

report::table fpm_table(bool with_sites) {
  std::vector<std::string> columns{"PHP", "Master", "Config", "Pool", "Endpoint", "User", "Workers", "Reachable"};
  if (with_sites) columns.push_back("Sites");
  return report::table(columns);
}

void add_row(report::table& rows, fpm::master const& owner, fpm::pool const& one, bool with_sites) {
  auto const failed = fpm::why_not(one);
  std::vector<std::string> row{owner.version,
                               pid_text(owner),
                               owner.config,
                               one.name,
                               endpoint_text(one),
                               user_text(owner, one),
                               std::to_string(one.workers.size()),
                               failed ? "no: " + failed->message() : "yes"};
  if (with_sites) row.push_back(sites_text(one, ", "));
  rows.add_row(row);
}

std::vector<std::string> fpm_columns() {
  return {"endpoint", "pool", "php", "pid", "config", "user", "workers", "reach", "sites"};
}

std::vector<std::string> csv_fields(fpm::master const& owner, fpm::pool const& one) {
  return {endpoint_text(one),
          one.name,
          owner.version,
          pid_text(owner),
          owner.config,
          user_text(owner, one),
          std::to_string(one.workers.size()),
          std::string(reach_name(one.reach)),
          sites_text(one, ":")};
}

void write_json(report::json_writer& json, fpm::master const& owner, fpm::pool const& one) {
  using report::unless_empty;
  bool const may_be_contained = owner.may_be_contained && !owner.contained;
  std::string const user = user_text(owner, one);
  std::string const chroot = value_of(one, "chroot");
  std::string const pm = value_of(one, "pm");
  std::vector<std::int64_t> const workers = worker_pids(one);
  std::vector<std::string> const sites = fpm::site_directories(one);
  report::write_object(
      json, std::array<report::field, 12>{
                {{"reach", reach_name(one.reach)},
                 {"pid", report::unless_zero(owner.self.pid)},
                 {"config", unless_empty(owner.config)},
                 {"executable", unless_empty(owner.executable)},
                 {"elsewhere", owner.elsewhere},
                 {"contained", may_be_contained ? report::field_value() : report::field_value(owner.contained)},
                 {"own", fpm::is_own(owner, geteuid())},
                 {"user", unless_empty(user)},
                 {"chroot", unless_empty(chroot)},
                 {"pm", unless_empty(pm)},
                 {"workers", &workers},
                 {"sites", &sites}}});
}

}  // namespace cachetool::cli
