#include "cli/commands/graceful_view.hpp"

#include <algorithm>

#include "base/mebibytes.hpp"
#include "base/text.hpp"
#include "cli/commands/deploy_view.hpp"
#include "cli/commands/opcache_refresh_view.hpp"
#include "cli/commands/opcache_reset_view.hpp"

namespace cachetool::cli {
namespace {

using releases::followed_link;
using scripts_outcome = opcache::refreshed_script::outcome;

std::int64_t compiled_for(followed_link const& link) {
  std::int64_t const moved =
      std::count_if(link.finished.names.begin(), link.finished.names.end(),
                    [](auto const& each) { return each.what == releases::moved_name::outcome::moved; });
  if (!link.warmed) return moved;
  return moved + std::count_if(link.warmed->scripts.begin(), link.warmed->scripts.end(), [](auto const& each) {
           return each.what == releases::warmed_script::outcome::compiled;
         });
}

struct work_done {
  std::int64_t compiled = 0;
  std::int64_t refreshed = 0;
  std::int64_t forgotten = 0;
};

work_done add_up(releases::graceful_report const& report) {
  work_done out;
  for (followed_link const& each : report.links) {
    out.compiled += compiled_for(each);
    out.refreshed += each.finished.outside.refreshed;
    out.forgotten += each.finished.outside.forgotten;
  }
  for (auto const& each : report.scripts) {
    out.refreshed += each.what == scripts_outcome::refreshed ? 1 : 0;
    out.forgotten += each.what == scripts_outcome::forgotten ? 1 : 0;
  }
  return out;
}

// The one that a deployment has switched is named.
std::string followed_text(releases::graceful_report const& report) {
  std::string const text = base::counted(std::ssize(report.links), "link") + " followed";
  if (report.links.size() != 1) return text;
  releases::switched_link const& link = report.links.front().link;
  return text + " (" + link.path + " to " + link.leads_to + ")";
}

std::string_view outcome_of(releases::graceful_report const& report) {
  if (report.reset) return "reset";
  if (!report.failures.empty()) return "failed";
  return report.links.empty() && report.scripts.empty() ? "nothing_to_do" : "up_to_date";
}

std::array<report::field, 5> link_fields(followed_link const& each) {
  return {{{"path", std::string_view(each.link.path)},
           {"leads_to", std::string_view(each.link.leads_to)},
           {"before", &each.link.before},
           {"compiled", compiled_for(each)},
           {"preloaded", &each.finished.preloaded}}};
}

}  // namespace

std::vector<std::string> failed_links(releases::graceful_report const& report) {
  std::vector<std::string> out;
  for (error const& each : report.failures) out.push_back(each.message());
  return out;
}

std::string graceful_text(releases::graceful_report const& report) {
  if (report.reset) return reset_text(*report.reset);
  std::string const asked = base::counted(report.workers, "worker");
  std::string const wasted = base::mebibytes(report.memory.wasted) + " wasted";
  if (outcome_of(report) == "nothing_to_do") return "nothing to do: " + asked + " asked; " + wasted;
  work_done const all = add_up(report);
  return followed_text(report) + ", " + base::counted(all.compiled, "script") + " compiled, " +
         std::to_string(all.refreshed) + " refreshed, " + std::to_string(all.forgotten) + " forgotten, " + asked +
         "; " + wasted;
}

std::array<report::field, 8> fields(releases::graceful_report const& report) {
  work_done const all = add_up(report);
  return {{{"outcome", outcome_of(report)},
           {"links", std::ssize(report.links)},
           {"compiled", all.compiled},
           {"refreshed", all.refreshed},
           {"forgotten", all.forgotten},
           {"workers", report.workers},
           {"wasted_memory", report.memory.wasted},
           {"fell_back",
            report.fell_back ? report::field_value(std::string_view(*report.fell_back)) : report::field_value()}}};
}

void write_json(report::json_writer& json, releases::graceful_report const& report) {
  json.begin_object();
  auto const all = fields(report);
  report::write_members(json, std::span(all).first(1));
  report::write_objects(json, "links", report.links, link_fields);
  report::write_members(json, std::span(all).subspan(2));
  std::vector<std::string> const failures = failed_links(report);
  report::write_members(
      json, std::array<report::field, 3>{
                {{"reset_pays", report.reset_pays}, {"preloaded", &report.preloaded}, {"failures", &failures}}});
  scripts_of(report.scripts).write_scripts(json);
  json.key("reset");
  report.reset ? write_json(json, *report.reset) : void(json.null());
  json.end_object();
}

std::vector<std::string> remarks(releases::graceful_report const& report) {
  std::vector<std::string> out;
  if (report.fell_back) out.push_back("OPcache was reset, because " + *report.fell_back);
  for (std::string& line : failed_links(report)) out.push_back(std::move(line));
  for (followed_link const& each : report.links) {
    for (std::string& line : remarks(each.finished)) out.push_back(std::move(line));
  }
  if (report.reset) {
    for (std::string& line : remarks(*report.reset)) out.push_back(std::move(line));
    return out;
  }
  for (std::string& line : scripts_of(report.scripts).remarks()) out.push_back(std::move(line));
  for (std::string const& path : report.preloaded) {
    out.push_back(path + " was loaded by opcache.preload: it stays as it is until php-fpm is reloaded");
  }
  if (report.reset_pays) {
    out.push_back("a reset is worth it, in a quiet hour: " + base::mebibytes(report.memory.wasted) +
                  " of OPcache's memory are wasted; --if-wasted=20 makes it");
  }
  return out;
}

std::optional<error> failure(releases::graceful_report const& report) {
  if (report.reset) return std::nullopt;
  if (!report.failures.empty()) return report.failures.front();
  for (followed_link const& each : report.links) {
    if (auto failed = failure(each.finished)) return failed;
  }
  if (!report.preloaded.empty()) return preloaded_is_served(std::ssize(report.preloaded), "that changed");
  return scripts_of(report.scripts).failure(scripts_outcome::failed, "could not be refreshed");
}

}  // namespace cachetool::cli
