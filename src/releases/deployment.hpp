#pragma once

#include <sys/types.h>

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
#include "base/file_info.hpp"
#include "caches/file_by_file.hpp"
#include "releases/finish.hpp"
#include "releases/known_contents.hpp"
#include "releases/site.hpp"
#include "releases/site_link.hpp"
#include "releases/site_record.hpp"
#include "releases/warm.hpp"

/// Takes a release live: compiles it, switches the link to it, and has every worker serve it.
namespace cachetool::releases {

/// One php-fpm that serves the site.
struct served_by {
  std::span<adapter::adapter* const> pools;  ///< at least one: all pools of its master that can be reached
  std::vector<std::string> out_of_reach;     ///< why the other pools cannot be reached
  bool alone = true;                         ///< the deployment works with no other php-fpm
  pid_t master = 0;                          ///< if the process table of this machine shows it
};

/// What is known of one php-fpm before the link is switched, and how to finish it.
struct prepared {
  site seen;
  std::optional<std::string> why_reset;  ///< instead of moving names
  std::shared_ptr<held_scripts> held;
  std::vector<std::string> led_to;    ///< other releases to which names below the link lead
  std::string led_to_unknown;         ///< why nobody tells of those; empty if somebody does
  std::optional<warm_report> warmed;  ///< if the release was compiled
};

/// What a switch would do.
struct switch_forecast {
  origin from;
  std::string release;
  std::string live;
  std::int64_t compile = 0;          ///< scripts to compile
  std::int64_t ready = 0;            ///< scripts that are cached already
  std::int64_t names = 0;            ///< names to move
  std::int64_t wasted = 0;           ///< bytes more that would be wasted
  std::int64_t free = 0;             ///< bytes of the cache, now
  std::optional<std::string> reset;  ///< why OPcache would be reset instead
};

/// One switch of a site's link. Several threads may prepare and finish one php-fpm each, at the same time. Only one
/// thread may call what changes the deployment itself.
class deployment {
 public:
  /// `release` is the real path of the directory that goes live; `until` is the deadline for everything. Throws error
  /// (usage) if there is no such directory, if it is empty, or if something else than a link stands at the link's path.
  deployment(std::string release, warm_options warm, finish_options finish, std::optional<base::time_point> until);

  /// Waits until no other deployment works on a link of that directory. See site_link::lock().
  void lock(std::function<void(std::string const& holder)> const& waiting, int interrupt_fd);

  /// Reads what is remembered of the site. lock() does so, too.
  void use_record();

  /// Does everything that can be done, and can fail, before the link is switched. Throws error; then nothing was
  /// switched.
  prepared prepare(served_by const& php, opcache::progress const& tell) const;

  /// Switches the link to the release, once every php-fpm is prepared. Throws error; then nothing was switched.
  void switch_link();

  /// Does what releases::finish() does, or the reset that was prepared. Throws error, php_error among others if
  /// somebody else has switched the link meanwhile.
  finish_report finish(served_by const& php, prepared& ready, opcache::progress const& tell) const;

  /// Keeps what helps the next switch. Only for a deployment with a single php-fpm.
  void remember(adapter::adapter& php, prepared const& before, finish_report const& report);

  /// Says what prepare() and finish() would do. Throws error as prepare() does.
  switch_forecast foresee(adapter::adapter& php) const;

  /// The error as the user is to see it: after the switch it says that the link was switched.
  [[nodiscard]] error told(error const& failed) const;

  /// Whether the link was switched.
  [[nodiscard]] bool has_switched() const noexcept { return switched_; }

  /// What is still to be done, for somebody who interrupted a deployment after the switch.
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
  void ask_where_names_lead(adapter::adapter& php, prepared& ready) const;
  void hold_first_scripts(adapter::adapter& php, prepared& ready) const;
  std::optional<std::string> foresee_warming(adapter::adapter& php, site const& seen, opcache::cache_space const& moves,
                                             switch_forecast& out) const;
  void remember_outside(finish_report const& report);
  void remember_contents(adapter::adapter& php, std::string const& replaced);

  std::string release_;         // its real name
  base::file_identity itself_;  // of the release's directory
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
