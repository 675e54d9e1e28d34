#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <cachetool/error.hpp>

#include "adapter/adapter.hpp"
#include "base/deadline.hpp"
#include "caches/file_by_file.hpp"
#include "releases/file_identity.hpp"
#include "releases/finish.hpp"
#include "releases/known_contents.hpp"
#include "releases/site.hpp"
#include "releases/site_link.hpp"
#include "releases/site_record.hpp"
#include "releases/warm.hpp"

/// A release goes live: it is compiled, the link is switched to it, and every worker serves it.
namespace cachetool::releases {

/// One of the php-fpm that serve the site.
struct served_by {
  std::span<adapter::adapter* const> pools;  ///< at least one: all of its master's that can be reached
  std::vector<std::string> out_of_reach;     ///< why others cannot be
  bool alone = true;                         ///< the deployment works with no other php-fpm
};

/// How far one php-fpm is before the link is switched, and how it is to be finished.
struct prepared {
  site seen;
  std::optional<std::string> why_reset;  ///< instead of leading names elsewhere
  std::shared_ptr<held_scripts> held;
  std::optional<warm_report> warmed;  ///< if the release was compiled
};

/// What a switch would do.
struct switch_forecast {
  origin from;
  std::string release;
  std::string live;
  std::int64_t compile = 0;          ///< scripts
  std::int64_t ready = 0;            ///< scripts that are cached already
  std::int64_t names = 0;            ///< that would be moved
  std::int64_t wasted = 0;           ///< bytes more
  std::int64_t free = 0;             ///< bytes of the cache, now
  std::optional<std::string> reset;  ///< why OPcache would be reset instead
};

/// One switch of a site's link. Several php-fpm may be prepared and finished at the same time, each by a thread; what
/// changes the deployment itself is for one thread alone.
class deployment {
 public:
  /// RELEASE is the directory that is to be live, by its real name; UNTIL bounds the whole. Throws error (usage) if it
  /// is none, or empty, or if what stands at the link's path is no link.
  deployment(std::string release, warm_options warm, finish_options finish, std::optional<base::time_point> until);

  /// Waits for its turn: one deployment at a time works on a link of that directory. As site_link::lock().
  void lock(std::function<void(std::string const& holder)> const& waiting, int interrupt_fd);

  /// Reads what is remembered of the site, for what follows. lock() has done that.
  void use_record();

  /// Everything that can be done, and can go wrong, before the link is switched. Throws error: nothing was switched.
  prepared prepare(served_by const& php, opcache::progress const& tell) const;

  /// Leads the link to the release, when every php-fpm is prepared. Throws error: nothing was switched.
  void switch_link();

  /// As releases::finish(), or the reset that was prepared. Throws error, also php_error if somebody else has switched
  /// the link meanwhile.
  finish_report finish(served_by const& php, prepared& ready, opcache::progress const& tell) const;

  /// Keeps what the next switch can make use of. For a deployment with one php-fpm alone.
  void remember(adapter::adapter& php, prepared const& before, finish_report const& report);

  /// What prepare() and finish() would do. Throws error as prepare() does.
  switch_forecast foresee(adapter::adapter& php) const;

  /// FAILED as it is to be told: once the link has been switched, that has to be said.
  [[nodiscard]] error told(error const& failed) const;

  /// Whether the link was switched.
  [[nodiscard]] bool has_switched() const noexcept { return switched_; }

  /// What is still to be done, for who ended a deployment whose link was switched.
  [[nodiscard]] std::string unfinished() const;

  [[nodiscard]] site_link const& link() const noexcept { return link_; }

 private:
  [[nodiscard]] std::chrono::milliseconds left() const;
  [[nodiscard]] verified verified_since_link(std::string const& directory, std::int64_t made_at) const;
  [[nodiscard]] std::optional<known_contents> contents_of(std::string const& directory) const;
  [[nodiscard]] error led_elsewhere() const;
  void require_same_site(site const& seen) const;
  void require_same_release() const;
  void require_time() const;
  [[nodiscard]] std::string require_fallback(std::string const& why) const;
  std::optional<std::string> warm_up(served_by const& php, prepared& ready, opcache::progress const& tell) const;
  std::optional<std::string> try_to_warm(served_by const& php, prepared& ready, opcache::progress const& tell) const;
  void hold_first_scripts(adapter::adapter& php, prepared& ready) const;
  std::optional<std::string> foresee_warming(adapter::adapter& php, site const& seen, opcache::cache_space const& moves,
                                             switch_forecast& out) const;
  void remember_outside(finish_report const& report);
  void remember_contents(adapter::adapter& php, std::string const& replaced);

  std::string release_;   // its real name
  file_identity itself_;  // of the release's directory
  warm_options warm_;
  site_link link_;
  site_record record_;                    // beside the link
  std::vector<known_contents> contents_;  // beside the link, too
  std::shared_ptr<file_hashes> hashes_ = std::make_shared<file_hashes>();
  finish_options finish_;
  std::optional<base::time_point> until_;  // --deadline, which bounds the whole
  bool switched_ = false;
};

}  // namespace cachetool::releases
