#include "doctor/old_code.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "advice/figures.hpp"
#include "advice/remedy.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "caches/ask.hpp"
#include "caches/every_worker.hpp"
#include "caches/script_selection.hpp"

namespace cachetool::doctor {
namespace {

using advice::seconds_of;
using advice::shortened;
using releases::switched_link;

constexpr std::string_view site_step = "site";

bool are_on_one_way(std::string const& one, std::string const& other) {
  return base::lies_in(one, other) || base::lies_in(other, one);
}

bool is_of(switched_link const& link, std::string const& site) {
  auto const is_near = [&site](std::string const& path) { return are_on_one_way(site, path); };
  return is_near(link.path) || is_near(link.release) || std::any_of(link.before.begin(), link.before.end(), is_near);
}

// Null for a file that is as it was.
std::vector<std::string>* list_for(opcache::file_state state, old_code& into) {
  switch (state) {
    case opcache::file_state::changed:
      return &into.changed;
    case opcache::file_state::gone:
      return &into.gone;
    case opcache::file_state::hidden:
      return &into.hidden;
    default:
      return nullptr;
  }
}

void look_at_scripts(adapter::adapter& php, old_code& into) {
  opcache::script_selection const found = opcache::select(php, {into.site});
  into.missing = !found.missing.empty();
  std::vector<opcache::known_file> files;
  for (opcache::selected_script const& each : found.scripts) {
    if (each.valid) files.push_back({each.path, each.cached_at, each.timestamp, {}});
  }
  into.scripts = std::ssize(files);
  auto const states = opcache::examine(php, files, found.validates_timestamps);
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (auto* const list = list_for(states[i], into)) list->push_back(std::move(files[i].path));
  }
}

bool is_seen(adapter::adapter& php, std::string const& path) {
  return php.run(caches::ask("deploy.resolve", {{"current", path}, {"clear", true}})).result.is_string();
}

// Without OPcache a link is known by what workers remember alone.
void take_remembered(std::map<std::string, switched_link>& into, agent::answer const& remembered) {
  for (php::entry const& each : remembered.result.entries()) {
    auto const* const path = std::get_if<std::string>(&each.key);
    bool const is_past = each.item.as_string().empty();  // the worker would look again where it leads
    if (path == nullptr || !path->starts_with('/') || is_past) continue;
    switched_link& link = into[*path];
    link.path = *path;
    link.seen[std::string(each.item.as_string())].workers.push_back(remembered.pid);
  }
}

bool is_switched(adapter::adapter& php, switched_link& link) {
  auto const now = php.run(caches::ask("deploy.resolve", {{"current", link.path}, {"clear", true}}));
  if (!now.result.is_string()) return false;
  link.leads_to = link.release = now.result.as_string();
  link.seen.erase(link.leads_to);
  for (auto const& [target, by] : link.seen) link.before.push_back(target);
  return !link.before.empty();
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

std::string when_noticed(subject const& of) {
  std::string const frequency = std::to_string(number(of, "opcache.revalidate_freq").value_or(0));
  return is_set(of, "opcache.validate_timestamps")
             ? "PHP notices within " + frequency +
                   " s (opcache.validate_timestamps=1, opcache.revalidate_freq=" + frequency + ")"
             : "PHP never notices (opcache.validate_timestamps=0)";
}

std::string of_all(std::vector<std::string> const& some, old_code const& seen) {
  return std::to_string(some.size()) + " of " + base::counted(seen.scripts, "cached script");
}

finding about_changed(old_code const& seen, subject const& of) {
  bool const validates = is_set(of, "opcache.validate_timestamps");
  return {site_step, "changed_files",
          verdict{level::note,
                  of_all(seen.changed, seen) + (validates ? " have" : " may have") + " other files by now (" +
                      seen.changed.front() + "): " + when_noticed(of),
                  command(of, "opcache:refresh " + base::shell_word(seen.site))}};
}

finding about_gone(old_code const& seen, subject const& of) {
  return {site_step, "gone_files",
          verdict{level::warning,
                  of_all(seen.gone, seen) + " may still be served, and the files are gone (" + seen.gone.front() +
                      "): " + when_noticed(of),
                  command(of, "opcache:refresh " + base::shell_word(seen.site))}};
}

finding about_missing(old_code const& seen) {
  return {site_step, "missing",
          verdict{level::warning, "php-fpm sees nothing at " + seen.site,
                  "name the link, a release or the site's directory as php-fpm sees it: a chroot or a container may "
                  "show it other paths"}};
}

std::string scripts_text(old_code const& seen) {
  if (!seen.has_cache) return "no scripts are cached in memory";
  return "no name leads elsewhere, " + (seen.scripts == 0
                                            ? "nothing of " + seen.site + " is cached"
                                            : base::counted(seen.scripts, "cached script") + " of " + seen.site +
                                                  (seen.scripts == 1 ? " is as its file" : " are as their files"));
}

finding about_nothing(old_code const& seen) {
  std::string const asked = base::counted(seen.workers, "worker") + " asked, " + scripts_text(seen);
  return {site_step, "old_code", verdict{level::ok, "every worker serves what is there: " + asked}};
}

finding about_unknown(old_code const& seen, std::string const& why) {
  return {site_step, "unknown",
          verdict{seen.site.empty() ? level::note : level::warning, "this may not be all: " + why}};
}

std::string why_hidden(old_code const& seen) {
  return "the pool may not see the files of " + of_all(seen.hidden, seen) + " (" + seen.hidden.front() + ")";
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

old_code look_without_cache(std::span<adapter::adapter* const> pools, std::string const& site,
                            std::chrono::milliseconds patience) {
  old_code out;
  out.site = site;
  out.has_cache = false;
  std::map<std::string, switched_link> links;
  auto const swept = caches::run_in_every_worker(pools, caches::ask("site.remembered"), patience);
  for (std::size_t i = 0; i < swept.size(); ++i) {
    if (!out.why_not_all) out.why_not_all = caches::why_incomplete(swept[i], pools[i]->label());
    for (agent::answer const& each : swept[i].answers) take_remembered(links, each);
    out.workers += std::ssize(swept[i].answers);
  }
  out.missing = !is_seen(*pools.front(), site);
  constexpr std::size_t most_links = 1000;  // each is a request
  if (links.size() > most_links) throw error(error_kind::protocol, "the workers remember too many links");
  for (auto& [path, link] : links) {
    if (is_switched(*pools.front(), link) && is_of(link, site)) out.switched.push_back(std::move(link));
  }
  return out;
}

std::vector<finding> check_old_code(old_code const& seen, subject const& of) {
  std::vector<finding> found;
  for (switched_link const& each : seen.switched) found.push_back(about(each, seen, of));
  if (!seen.changed.empty()) found.push_back(about_changed(seen, of));
  if (!seen.gone.empty()) found.push_back(about_gone(seen, of));
  if (seen.missing) found.push_back(about_missing(seen));
  if (!seen.hidden.empty()) found.push_back(about_unknown(seen, why_hidden(seen)));
  if (seen.site.empty()) return found;
  if (seen.why_not_all) found.push_back(about_unknown(seen, *seen.why_not_all));
  if (found.empty()) found.push_back(about_nothing(seen));
  return found;
}

}  // namespace cachetool::doctor
