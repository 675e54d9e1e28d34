#include "doctor/old_code.hpp"

#include <algorithm>
#include <utility>

#include "base/path.hpp"
#include "base/text.hpp"
#include "caches/script_selection.hpp"
#include "doctor/advice.hpp"
#include "doctor/figures.hpp"

namespace cachetool::doctor {
namespace {

using releases::switched_link;

constexpr std::string_view site_step = "site";

bool are_on_one_way(std::string const& one, std::string const& other) {
  return base::lies_in(one, other) || base::lies_in(other, one);
}

bool is_of(switched_link const& link, std::string const& site) {
  auto const is_near = [&site](std::string const& path) { return are_on_one_way(site, path); };
  return is_near(link.path) || is_near(link.release) || std::any_of(link.before.begin(), link.before.end(), is_near);
}

void look_at_scripts(adapter::adapter& php, old_code& into) {
  opcache::script_selection const found = opcache::select(php, {into.site});
  std::vector<opcache::known_file> files;
  for (opcache::selected_script const& each : found.scripts) {
    if (each.valid) files.push_back({each.path, each.cached_at, each.timestamp, {}});
  }
  into.scripts = std::ssize(files);
  auto const states = opcache::examine(php, files, found.validates_timestamps);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (states[i] == opcache::file_state::changed) into.changed.push_back(files[i].path);
  }
}

std::string pids_of(std::vector<std::int64_t> const& workers) {
  constexpr std::size_t most = 8;
  std::string out;
  for (std::size_t i = 0; i < std::min(workers.size(), most); ++i) {
    out += (i == 0 ? "" : ", ") + std::to_string(workers[i]);
  }
  return workers.size() > most ? out + ", ..." : out;
}

std::string remembered_text(releases::evidence const& by, old_code const& seen, subject const& of) {
  std::string const ttl = setting(of, "realpath_cache_ttl").value_or("120");
  return std::to_string(by.workers.size()) + " of " + base::counted(seen.workers, "worker") + " (" +
         pids_of(by.workers) + ") " + (by.workers.size() == 1 ? "remembers" : "remember") + " it, for " +
         std::to_string(seconds_of(ttl)) + " s each time (realpath_cache_ttl=" + shortened(ttl) + ")";
}

std::string why_names_stay(subject const& of) {
  return is_set(of, "opcache.validate_timestamps")
             ? "PHP looks for a change of the file there, and not for another link (opcache.validate_timestamps=1, "
               "opcache.revalidate_freq=" +
                   std::to_string(number(of, "opcache.revalidate_freq").value_or(0)) + ")"
             : "PHP never looks again (opcache.validate_timestamps=0)";
}

std::string named_text(releases::evidence const& by, subject const& of) {
  return base::counted(by.names, "cached name") + (by.names == 1 ? " leads" : " lead") + " to it (" + by.name +
         "), and " + why_names_stay(of);
}

std::string why_served(std::string const& before, releases::evidence const& by, old_code const& seen,
                       subject const& of) {
  std::string const known = by.workers.empty() ? "" : remembered_text(by, seen, of);
  std::string const named = by.names == 0 ? "" : named_text(by, of);
  return before + " may still be served: " + known + (known.empty() || named.empty() ? "" : "; ") + named;
}

finding about(switched_link const& link, old_code const& seen, subject const& of) {
  std::string message = link.path + " leads to " + link.leads_to + ", but ";
  for (std::size_t i = 0; i < link.before.size(); ++i) {
    message += (i == 0 ? "" : "; ") + why_served(link.before[i], link.seen.at(link.before[i]), seen, of);
  }
  return {site_step, "switched_link",
          verdict{level::warning, std::move(message), command(of, "deploy:finish " + base::shell_word(link.path))}};
}

finding about_changed(old_code const& seen, subject const& of) {
  std::string const frequency = std::to_string(number(of, "opcache.revalidate_freq").value_or(0));
  bool const validates = is_set(of, "opcache.validate_timestamps");
  std::string const when = validates ? "PHP notices within " + frequency + " s (opcache.validate_timestamps=1, " +
                                           "opcache.revalidate_freq=" + frequency + ")"
                                     : "PHP never notices (opcache.validate_timestamps=0)";
  std::string const files = std::to_string(seen.changed.size()) + " of " + base::counted(seen.scripts, "cached script");
  return {site_step, "changed_files",
          verdict{level::note,
                  files + (validates ? " have" : " may have") + " other files by now (" + seen.changed.front() +
                      "): " + when,
                  command(of, "opcache:refresh " + base::shell_word(seen.site))}};
}

finding about_nothing(old_code const& seen) {
  std::string const asked = base::counted(seen.workers, "worker") + " asked";
  return {site_step, "old_code",
          verdict{level::ok, "every worker serves what is there: " + asked + ", no name leads elsewhere, " +
                                 base::counted(seen.scripts, "cached script") + " of " + seen.site +
                                 (seen.scripts == 1 ? " is as its file" : " are as their files")}};
}

finding about_unknown(old_code const& seen) {
  return {site_step, "unknown", verdict{level::note, "this may not be all: " + *seen.why_not_all}};
}

}  // namespace

old_code look_for_old_code(std::span<adapter::adapter* const> pools, std::string const& site,
                           std::chrono::milliseconds patience) {
  std::vector<std::string> const paths = site.empty() ? std::vector<std::string>{} : std::vector{site};
  releases::known_links found = releases::find_switched_links(pools, patience, paths);
  old_code out;
  out.site = site;
  out.workers = found.workers;
  out.why_not_all = std::move(found.why_not_all);
  for (switched_link& each : found.switched) {
    if (site.empty() || is_of(each, site)) out.switched.push_back(std::move(each));
  }
  if (!site.empty()) look_at_scripts(*pools.front(), out);
  return out;
}

std::vector<finding> check_old_code(old_code const& seen, subject const& of) {
  std::vector<finding> found;
  for (switched_link const& each : seen.switched) found.push_back(about(each, seen, of));
  if (!seen.changed.empty()) found.push_back(about_changed(seen, of));
  if (seen.site.empty()) return found;
  if (found.empty() && !seen.why_not_all) found.push_back(about_nothing(seen));
  if (seen.why_not_all) found.push_back(about_unknown(seen));
  return found;
}

}  // namespace cachetool::doctor
