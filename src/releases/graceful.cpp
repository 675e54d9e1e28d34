#include "releases/graceful.hpp"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/deadline.hpp"
#include "base/path.hpp"
#include "caches/opcache.hpp"
#include "releases/acquaint.hpp"
#include "releases/fallback.hpp"
#include "releases/known_sites.hpp"
#include "releases/last_look.hpp"

namespace cachetool::releases {
namespace {

using reason = std::optional<std::string>;  // why it cannot be sure; nothing if it is

bool calls_for_reset(error const& failed) {
  return failed.kind() == error_kind::disabled || failed.kind() == error_kind::memory_limit ||
         failed.kind() == error_kind::pending || failed.kind() == error_kind::restricted;
}

class bringing_up_to_date {
 public:
  bringing_up_to_date(served_by const& php, graceful_options const& options, progress_for const& tell)
      : php_(php), first_(*php.pools.front()), options_(options), tell_(tell), until_(base::after(options.patience)) {}

  graceful_report run();

 private:
  reason do_all();
  void look_back();
  void note(known_links const& links);
  void remember();
  [[nodiscard]] reason why_not() const;
  reason follow_links();
  void follow(std::vector<switched_link> const& links);
  [[nodiscard]] warm_options::known_files what_is_known_of(std::string const& release) const;
  std::optional<warm_report> warm_up(switched_link const& link);
  [[nodiscard]] std::vector<adapter::adapter*> pools_that_see(switched_link const& link) const;
  void finish_link(followed_link& each);
  template <typename Work>
  bool attempt(std::string const& link, Work const& work);
  reason refresh();
  reason refresh_for_others();
  reason refresh_hidden();
  [[nodiscard]] bool is_seen_by_others(std::string const& path) const;
  [[nodiscard]] bool is_known(std::string const& path) const;
  [[nodiscard]] bool is_left(std::string const& path) const;
  [[nodiscard]] bool is_unchanged(std::string const& path) const;
  reason keep_refreshed(opcache::refresh_report report);
  reason why_wasted();
  void reset(std::string why);
  [[nodiscard]] std::chrono::milliseconds left() const;

  served_by const& php_;
  adapter::adapter& first_;
  graceful_options const& options_;
  progress_for const& tell_;
  base::time_point until_;
  std::set<std::string> warmed_;                          // releases
  std::set<std::string> checked_;                         // scripts that are known to be cached as their files are
  std::map<std::size_t, std::set<std::string>> seen_by_;  // as in known_links
  std::vector<std::string> roots_;                        // of each pool
  known_sites followed_;
  known_sites others_;
  std::optional<last_look> last_;  // root's
  graceful_report report_;
};

std::chrono::milliseconds bringing_up_to_date::left() const {
  auto const left = std::chrono::ceil<std::chrono::milliseconds>(until_ - base::clock::now());
  return std::max(left, std::chrono::milliseconds{100});
}

graceful_report bringing_up_to_date::run() {
  reason why;
  try {
    why = do_all();
  } catch (error const& failed) {
    if (!calls_for_reset(failed)) throw;
    why = failed.message();
  }
  if (why) reset(std::move(*why));
  bool const all_done = !report_.reset && report_.failures.empty();
  if (all_done && !options_.only_links) remember();
  return std::move(report_);
}

// What root knows it keeps in a place of its own: the pools named the links, and it writes beside none of them. Beside
// a link the entries tell of one php-fpm alone. A script that stays although its file is another is to be told again.
void bringing_up_to_date::remember() {
  if (geteuid() != 0) {
    if (php_.alone) followed_.remember();
    return;
  }
  bool const any_stays = std::any_of(report_.scripts.begin(), report_.scripts.end(), [](auto const& each) {
    return each.what == opcache::refreshed_script::outcome::failed;
  });
  if (last_ && !any_stays && report_.preloaded.empty()) last_->write();
}

// If finishing one link took a reset, everything is current.
reason bringing_up_to_date::do_all() {
  reason why = why_not();
  if (!why) look_back();
  if (!why) why = follow_links();
  if (options_.only_links) return why;
  if (!why && !report_.reset) why = refresh();
  if (!why && !report_.reset) why = why_wasted();
  return why;
}

reason bringing_up_to_date::why_not() const {
  if (!php_.out_of_reach.empty()) return php_.out_of_reach.front();
  opcache::status const state = opcache::read_status(first_);
  if (state.restart_pending || state.restart_in_progress) return "a restart of OPcache is pending";
  if (state.file_cache_only) return "there is a file cache alone (opcache.file_cache_only=1)";
  if (state.cache_full && !options_.only_links) return "OPcache is full";
  return std::nullopt;
}

// Called before anything is compared.
void bringing_up_to_date::look_back() {
  pid_t const master = first_.master().value_or(php_.master);
  if (geteuid() == 0 && master != 0) last_.emplace(master);
}

// Whatever lies behind another root directory is not what the same path means here.
void bringing_up_to_date::note(known_links const& links) {
  if (!last_) return;
  bool const is_one_root = std::all_of(links.roots.begin(), links.roots.end(),
                                       [this](std::string const& each) { return last_->is_root(each); });
  if (!is_one_root) return last_.reset();
  std::vector<std::string> directories;
  for (auto const* some : {&links.others, &links.switched}) {
    for (switched_link const& each : *some) {
      directories.insert(directories.end(), each.before.begin(), each.before.end());
      directories.push_back(each.release);
      directories.push_back(each.leads_to);
    }
  }
  last_->note(directories);
}

reason bringing_up_to_date::follow_links() {
  known_links const links = find_switched_links(php_.pools, left() / 2);
  if (links.why_not_all) return links.why_not_all;
  report_.from = links.from;
  report_.workers = links.workers;
  for (switched_link const& each : links.switched) followed_.add(each);
  for (switched_link const& each : links.others) others_.add(each);
  seen_by_ = links.seen_by;
  roots_ = links.roots;
  note(links);
  follow(links.switched);
  return std::nullopt;
}

// What goes wrong with one link does not keep the others from their targets. A reset serves them all.
template <typename Work>
bool bringing_up_to_date::attempt(std::string const& link, Work const& work) {
  try {
    work();
    return true;
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted || calls_for_reset(failed)) throw;
    report_.failures.push_back(failed.in_words(link + ": " + failed.message(), failed.hint()));
    return false;
  }
}

// Links that lead through other links come last: the releases are warm by then.
void bringing_up_to_date::follow(std::vector<switched_link> const& links) {
  std::vector<followed_link> order;
  for (switched_link const& each : links) order.push_back({each, {}, {}});
  std::stable_sort(order.begin(), order.end(), [](auto const& a, auto const& b) {
    return (a.link.leads_to == a.link.release) > (b.link.leads_to == b.link.release);
  });
  for (followed_link& each : order) {
    if (!options_.only_links) attempt(each.link.path, [&] { each.warmed = warm_up(each.link); });
  }
  for (followed_link& each : order) {
    if (report_.reset) return;
    if (attempt(each.link.path, [&] { finish_link(each); })) report_.links.push_back(std::move(each));
  }
}

// A release that was live before may be as it was then.
warm_options::known_files bringing_up_to_date::what_is_known_of(std::string const& release) const {
  base::file_identity const itself = last_ ? last_->itself(release) : verified_at(release, 0).itself;
  return {itself, [this](std::string const& path) { return is_unchanged(path); }, std::nullopt, nullptr};
}

// The names below the link still lead to the release before, so no visitor waits for this.
std::optional<warm_report> bringing_up_to_date::warm_up(switched_link const& link) {
  if (!warmed_.insert(link.leads_to).second) return std::nullopt;
  warm_options options;
  options.running = link.before.front();
  options.links.push_back(link.path);
  options.known = what_is_known_of(link.leads_to);
  try {
    warm_report report = warm(*php_.pools[link.pool], link.leads_to, options, tell_("compiled"));
    for (opcache::known_file const& each : report.checked) checked_.insert(each.path);
    for (warmed_script const& each : report.scripts) {
      if (each.what == warmed_script::outcome::compiled) checked_.insert(each.path);
    }
    constexpr std::chrono::milliseconds acquaintance{15'000};
    acquaint_workers(php_.pools, std::min(acquaintance, left() / 4));
    return report;
  } catch (error const& failed) {
    // Nothing is cached of the release before, or OPcache is off in this pool.
    if (failed.kind() != error_kind::not_found && failed.kind() != error_kind::opcache_off) throw;
    return std::nullopt;
  }
}

// Those that have the same root directory. The one that saw it comes first.
std::vector<adapter::adapter*> bringing_up_to_date::pools_that_see(switched_link const& link) const {
  std::vector<adapter::adapter*> pools{php_.pools[link.pool]};
  for (std::size_t i = 0; i < php_.pools.size(); ++i) {
    if (i != link.pool && roots_[i] == roots_[link.pool]) pools.push_back(php_.pools[i]);
  }
  return pools;
}

void bringing_up_to_date::finish_link(followed_link& each) {
  switched_link const& link = each.link;
  finish_options options;
  options.current = link.path;
  options.old = link.before;
  options.old_is_told = false;
  options.replaced = link.before.front();
  options.patience = left();
  options.fall_back = options_.fall_back;
  options.unchanged_outside = [this](std::string const& path) { return checked_.contains(path) || is_unchanged(path); };
  std::vector<adapter::adapter*> const pools = pools_that_see(link);
  options.others = php_.pools.size() - pools.size();
  each.finished = finish(pools, php_.out_of_reach, options, tell_("moved"));
  report_.fell_back = each.finished.fell_back;
  report_.reset = each.finished.reset;
}

reason bringing_up_to_date::refresh() {
  opcache::refresh_query query;
  query.names = {"/"};
  query.unchanged = [this](std::string const& path) { return is_known(path) || is_seen_by_others(path); };
  reason why = keep_refreshed(opcache::refresh(first_, query, tell_("refreshed")));
  if (!why) why = refresh_for_others();
  return why ? why : refresh_hidden();
}

// A file that the first pool does not see is not gone if another pool sees its directory.
bool bringing_up_to_date::is_seen_by_others(std::string const& path) const {
  std::string const directory = path.substr(0, path.rfind('/'));
  return std::any_of(seen_by_.begin(), seen_by_.end(),
                     [&](auto const& each) { return each.second.contains(directory); });
}

reason bringing_up_to_date::refresh_for_others() {
  for (auto const& [pool, directories] : seen_by_) {
    opcache::refresh_query query;
    query.names.assign(directories.begin(), directories.end());
    query.unchanged = [this](std::string const& path) { return is_known(path); };
    if (auto why = keep_refreshed(opcache::refresh(*php_.pools[pool], query, tell_("refreshed")))) return why;
  }
  return std::nullopt;
}

std::vector<std::string> hidden_among(std::vector<opcache::refreshed_script> const& scripts) {
  std::vector<std::string> paths;
  for (auto const& each : scripts) {
    if (each.hidden) paths.push_back(each.path);
  }
  return paths;
}

// A script that was compiled a moment ago is up to date.
bool bringing_up_to_date::is_known(std::string const& path) const {
  return is_left(path) || checked_.contains(path) || is_unchanged(path);
}

// Requests that still run may need what is left of a release that is gone. Where nothing is kept of what is compared, a
// release that a link has left does not matter until it is live again.
bool bringing_up_to_date::is_left(std::string const& path) const {
  auto const has_it = [&path](std::string const& directory) { return base::lies_in(path, directory); };
  bool const is_of_it = std::any_of(report_.links.begin(), report_.links.end(), [&](followed_link const& each) {
    return std::any_of(each.link.before.begin(), each.link.before.end(), has_it);
  });
  return is_of_it && !(last_ && last_->sees(path));
}

bool bringing_up_to_date::is_unchanged(std::string const& path) const {
  return followed_.has_unchanged(path) || others_.has_unchanged(path) || (last_ && last_->has_unchanged(path));
}

// open_basedir may let one pool look at files that another may not see.
reason bringing_up_to_date::refresh_hidden() {
  opcache::refresh_query query;
  query.names = hidden_among(report_.scripts);
  for (std::size_t i = 1; i < php_.pools.size() && !query.names.empty(); ++i) {
    std::erase_if(report_.scripts, [](auto const& each) { return each.hidden; });
    if (auto why = keep_refreshed(opcache::refresh(*php_.pools[i], query, tell_("refreshed")))) return why;
    query.names = hidden_among(report_.scripts);
  }
  return query.names.empty() ? reason() : "no pool is allowed to look at " + query.names.front();
}

reason bringing_up_to_date::keep_refreshed(opcache::refresh_report report) {
  report_.memory = report.memory;
  for (opcache::refreshed_script& each : report.scripts) {
    if (each.what == opcache::refreshed_script::outcome::preloaded) {
      report_.preloaded.push_back(each.path);
    } else {
      report_.scripts.push_back(std::move(each));
    }
  }
  return report.restarted ? reason("PHP emptied the whole cache meanwhile") : reason();
}

reason bringing_up_to_date::why_wasted() {
  constexpr double much = 20;
  double const wasted = std::clamp(report_.memory.wasted_percentage, 0.0, 100.0);
  report_.reset_pays = wasted >= much;
  bool const is_asked_for = options_.if_wasted && wasted >= static_cast<double>(*options_.if_wasted);
  if (!is_asked_for) return std::nullopt;
  return std::to_string(static_cast<int>(wasted)) + " % of OPcache's memory are wasted";
}

void bringing_up_to_date::reset(std::string why) {
  if (!options_.fall_back) {
    throw error(error_kind::timeout, why + "; OPcache was not reset, because of --no-fallback")
        .advise("without it OPcache is reset");
  }
  report_.fell_back = std::move(why);
  report_.reset = reset_because_of(*report_.fell_back, first_, left(), "old code");
  report_.from = report_.reset->from;
}

}  // namespace

graceful_report bring_up_to_date(served_by const& php, graceful_options const& options, progress_for const& tell) {
  return bringing_up_to_date(php, options, tell).run();
}

}  // namespace cachetool::releases
