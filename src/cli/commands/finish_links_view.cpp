#include "cli/commands/finish_links_view.hpp"

#include "cli/commands/deploy_view.hpp"
#include "cli/commands/graceful_view.hpp"
#include "cli/commands/opcache_reset_view.hpp"

namespace cachetool::cli {
namespace {

std::string_view finish_outcome(releases::graceful_report const& report) {
  if (report.reset) return "reset";
  if (!report.failures.empty()) return "failed";
  return report.links.empty() ? "nothing_to_do" : "followed";
}

std::array<report::field, 3> switched_fields(releases::switched_link const& link) {
  return {
      {{"path", std::string_view(link.path)}, {"leads_to", std::string_view(link.leads_to)}, {"before", &link.before}}};
}

}  // namespace

std::string no_links_text(releases::graceful_report const& report) {
  if (report.reset) return reset_text(*report.reset) + ", because " + report.fell_back.value_or("");
  std::string const done = report.failures.empty() ? "nothing to do: no link was switched" : "no link was followed";
  return done + "; " + std::to_string(report.workers) + " worker" + (report.workers == 1 ? "" : "s") + " asked";
}

std::vector<std::string> link_columns() {
  return report::led_by("link", report::names(fields(releases::finish_report())));
}

std::vector<std::vector<std::string>> link_rows(releases::graceful_report const& report) {
  std::vector<std::vector<std::string>> rows;
  for (releases::followed_link const& each : report.links) {
    rows.push_back(report::led_by(each.link.path, report::texts(fields(each.finished))));
  }
  if (rows.empty() && report.reset) {
    releases::finish_report nothing;
    nothing.from = report.from;
    nothing.fell_back = report.fell_back;
    rows.push_back(report::led_by("", report::texts(fields(nothing))));
  }
  return rows;
}

void write_links(report::json_writer& json, releases::graceful_report const& report) {
  json.begin_object().key("outcome").string(finish_outcome(report));
  json.key("links").begin_array();
  for (releases::followed_link const& each : report.links) {
    json.begin_object();
    report::write_members(json, switched_fields(each.link));
    json.key("finished");
    write_json(json, each.finished);
    json.end_object();
  }
  json.end_array();
  std::vector<std::string> const failures = failed_links(report);
  report::write_members(json,
                        std::array<report::field, 3>{
                            {{"workers", report.workers},
                             {"failures", &failures},
                             {"fell_back", report.fell_back ? report::field_value(std::string_view(*report.fell_back))
                                                            : report::field_value()}}});
  json.key("reset");
  report.reset ? write_json(json, *report.reset) : void(json.null());
  json.end_object();
}

std::vector<std::string> link_remarks(releases::graceful_report const& report) {
  std::vector<std::string> out = failed_links(report);
  for (releases::followed_link const& each : report.links) {
    for (std::string& line : remarks(each.finished)) out.push_back(each.link.path + ": " + line);
  }
  if (!report.reset) return out;
  for (std::string& line : remarks(*report.reset)) out.push_back(std::move(line));
  return out;
}

std::optional<error> link_failure(releases::graceful_report const& report) {
  if (!report.reset && !report.failures.empty()) return report.failures.front();
  for (releases::followed_link const& each : report.links) {
    if (auto failed = failure(each.finished)) return failed;
  }
  return std::nullopt;
}

}  // namespace cachetool::cli
