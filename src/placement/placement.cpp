#include "placement/placement.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/text.hpp"
#include "fpm/discovery.hpp"
#include "fpm/mounts.hpp"
#include "fpm/processes.hpp"
#include "fpm/worker_view.hpp"
#include "placement/installed_agent.hpp"
#include "placement/kept_file.hpp"

namespace cachetool::placement {
namespace {

using kind = candidate::kind;
using origin = candidate::origin;

std::string absolute(std::string const& path) {
  std::string normal = std::filesystem::absolute(path).lexically_normal();
  while (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  return normal;
}

// The path as seen from `root`; empty if it does not lie there.
std::string below(std::string const& root, std::string const& path) {
  if (path == root) return "/";
  return path.starts_with(root + "/") ? path.substr(root.size()) : "";
}

// Only the worker needs to read a private file. The master's children show which user that is.
mode_t private_mode(std::optional<fastcgi::peer_credentials> const& peer) {
  uid_t const self = geteuid();
  if (!peer || self == 0) return 0444;
  auto const users = fpm::child_users(peer->pid);
  if (users.is_unknown()) return 0444;
  bool const has_none = !users || users->empty();
  bool const own = has_none ? peer->uid == self : users->size() == 1 && users->front() == self;
  return own ? 0400 : 0444;
}

// The master that listens on a port of this machine; 0 if there is none. Slow, because it looks at every process.
pid_t master_on_port(fastcgi::endpoint const& where, int interrupt_fd) {
  bool const here = where.host().starts_with("127.") || where.host() == "::1" || where.host() == "localhost";
  auto const found = here ? fpm::master_of(where, std::nullopt, {.interrupt_fd = interrupt_fd}) : std::nullopt;
  return found ? found->master.self.pid : 0;
}

}  // namespace

placer::placer(options options, fastcgi::endpoint where, agent::observer& watcher)
    : options_(std::move(options)), where_(std::move(where)), watcher_(watcher) {
  if (!options_.tmp_dir.empty()) options_.tmp_dir = absolute(options_.tmp_dir);
  if (!options_.chroot.empty() && absolute(options_.chroot) != "/") enter_chroot();
}

void placer::enter_chroot() {
  root_path_ = absolute(options_.chroot);
  base::unique_fd root = worker_root().open_directory(root_path_);
  if (!root) throw error(error_kind::usage, "the chroot " + options_.chroot + " is no directory");
  root_ = worker_root(std::move(root));
  if (options_.tmp_dir.empty() || !below(root_path_, options_.tmp_dir).empty()) return;
  throw error(error_kind::usage, "the directory " + options_.tmp_dir + " does not lie in the chroot " + root_path_)
      .advise("name one that does, with its path out here: --tmp-dir=" + base::shell_word(root_path_ + "/tmp"));
}

// Only root can put something where its own paths do not lead.
void placer::look(pid_t master) {
  master_ = master;
  if (geteuid() != 0 || !options_.chroot.empty() || master == 0) return;
  fpm::worker_view view = fpm::view_of(master, where_);
  if (view.what == fpm::worker_view::kind::foreign) foreign_ = view.looked_at;
  if (view.what != fpm::worker_view::kind::elsewhere) return;
  root_path_ = view.root_path == "/" ? "" : view.root_path;
  // root set up a root-owned master. What the workers of another master see is up to its user.
  open_to_ = view.master_user == 0 ? std::nullopt : std::optional(view.looked_at.uid);
  root_ = worker_root(std::move(view.root));
}

std::vector<candidate> placer::named_places() const {
  std::vector<candidate> places;
  if (!options_.tmp_dir.empty()) {
    places.push_back({kind::temporary, as_worker_names(options_.tmp_dir), origin::named});
  }
  if (!options_.agent_path.empty()) places.push_back({kind::installed, options_.agent_path, origin::named});
  return places;
}

std::vector<candidate> placer::own_places() const {
  std::vector<candidate> places;
  if (geteuid() == 0 && options_.chroot.empty()) {
    places.push_back({kind::kept, "/run/cachetool"});
    places.push_back({kind::kept, "/dev/shm/cachetool"});
  }
  for (char const* base : {"/dev/shm", "/tmp", "/var/tmp"}) places.push_back({kind::temporary, base});
  if (!root_path_.empty()) places.push_back({kind::temporary, "/"});  // a chroot may have none of these
  // Last, because it holds every operation: it takes some 100 KB of OPcache, and the others leave nothing.
  if (auto installed = good_installed_agent(root_)) places.push_back({kind::installed, std::move(*installed)});
  return places;
}

// A directory in a chroot may also be named by its path outside.
std::string placer::as_worker_names(std::string const& path) const {
  std::string const inside = root_path_.empty() ? path : below(root_path_, path);
  return inside.empty() ? path : inside;
}

std::string const& placer::path(agent::source const& source, std::optional<fastcgi::peer_credentials> const& peer) {
  if (is_exhausted()) start_over();
  if (!path_.empty() && placed_sha256_ == source.sha256) return path_;
  if (!std::exchange(planned_, true)) plan(peer ? peer->pid : 0);
  path_.clear();
  for (; current_ < candidates_.size(); ++current_) {
    try {
      path_ = put(candidates_[current_], source, private_mode(peer));
      placed_sha256_ = source.sha256;
      return path_;
    } catch (error const& why) {
      report(why);
    }
  }
  give_up();
}

void placer::plan(pid_t master) {
  look(master);
  candidates_ = named_places();
  std::vector<candidate> const own = own_places();
  candidates_.insert(candidates_.end(), own.begin(), own.end());
}

// php-fpm may have been set up better since the places were tried, or a disk may no longer be full.
void placer::start_over() {
  planned_ = false;
  candidates_.clear();
  current_ = 0;
  rejected_.reset();
  tried_.clear();
  failures_.clear();
  foreign_.reset();
  if (!options_.chroot.empty()) return;
  root_ = worker_root();
  root_path_.clear();
  open_to_.reset();
}

void placer::reject(std::string const& path, error const& why, std::vector<std::string> const& allowed) {
  if (path != path_) return;
  report(why);
  rejected_ = why;
  file_.reset();
  path_.clear();
  ++current_;
  reconsider(why, allowed);
  if (current_ == candidates_.size()) give_up();
}

// Uses what the refusal tells about the places that are left.
void placer::reconsider(error const& why, std::vector<std::string> const& allowed) {
  std::vector<candidate> rest(candidates_.begin() + static_cast<std::ptrdiff_t>(current_), candidates_.end());
  candidates_.resize(current_);
  if (why.kind() == error_kind::limit_extensions) {
    // Our own names end with .php, too.
    if (candidates_.back().from != origin::named || candidates_.back().where.ends_with(".php")) rest.clear();
  } else if (why.kind() == error_kind::open_basedir && !allowed.empty()) {
    rest = inside(std::move(rest), allowed);
    add_told(rest, allowed);
  } else if (why.kind() == error_kind::restricted && !allowed.empty()) {
    rest = beginning_with(std::move(rest), allowed.front());
    add_told(rest, allowed);
  } else if (why.kind() == error_kind::not_visible) {
    rest = seen_by_workers(std::move(rest));
  }
  candidates_.insert(candidates_.end(), rest.begin(), rest.end());
}

void placer::add_told(std::vector<candidate>& rest, std::vector<std::string> const& directories) const {
  auto const is_told = [](candidate const& place) { return place.from == candidate::origin::told; };
  auto told =
      std::count_if(candidates_.begin(), candidates_.end(), is_told) + std::count_if(rest.begin(), rest.end(), is_told);
  for (candidate& place : told_places(directories)) {
    if (told >= most_told) return;  // counted over all refusals
    auto const is_same = [&](candidate const& other) { return other.how == place.how && other.where == place.where; };
    bool const known =
        std::any_of(rest.begin(), rest.end(), is_same) || std::any_of(candidates_.begin(), candidates_.end(), is_same);
    if (known) continue;
    rest.push_back(std::move(place));
    ++told;
  }
}

// After a 404: the workers may see other files, and may have become known only now.
std::vector<candidate> placer::seen_by_workers(std::vector<candidate> rest) {
  if (geteuid() != 0) {
    std::erase_if(rest, [this](candidate const& place) {
      return place.how == kind::temporary && master_ != 0 && !fpm::may_share(master_, place.where);
    });
    return rest;
  }
  if (!root_.is_own()) return rest;
  look(master_ != 0 ? master_ : master_on_port(where_, options_.interrupt_fd));
  return root_.is_own() ? rest : own_places();
}

std::string placer::put(candidate const& place, agent::source const& source, mode_t mode) {
  file_.reset();
  if (place.how == kind::installed) return place.where;
  if (place.how == kind::kept) return kept_file(root_, place.where, source);
  base_directory base{root_, place.where, place.from == origin::named, open_to_, {}};
  if (place.from == origin::told && master_ != 0) base.told_by = fpm::child_users(master_).value_or({});
  file_.emplace(base, source.text, mode);
  return file_->path();
}

void placer::report(error const& why) {
  candidate const& place = candidates_[current_];
  tried_ += (tried_.empty() ? "" : ", ") + place.where;
  failures_ += "; " + place.where + ": " + why.message();
  if (place.from == origin::named) {
    watcher_.named_place_failed(why);
  } else {
    watcher_.place_failed(why);
  }
}

void placer::give_up() const {
  if (rejected_ && foreign_) {
    throw error(rejected_->kind(), rejected_->message() + "; process " + std::to_string(foreign_->pid) +
                                       " is in a user namespace of uid " + std::to_string(foreign_->uid) +
                                       ", where root puts nothing; all places were tried: " + tried_)
        .advise("run cachetool in there, or write the agent there (cachetool agent:show) and name it: --agent=PATH")
        .during(phase::answer);
  }
  if (rejected_) {
    throw error(rejected_->kind(), rejected_->message() + "; all places were tried: " + tried_)
        .advise(rejected_->hint())
        .during(phase::answer);
  }
  throw error(error_kind::placement, "no place is left where php-fpm could read the agent" + failures_)
      .advise(
          "name a directory that you can write and php-fpm can read: --tmp-dir=DIR; where there is none, put what "
          "cachetool agent:show prints where php-fpm sees it: --agent=PATH");
}

}  // namespace cachetool::placement
