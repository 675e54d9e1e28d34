#include "fpm/strays.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <cachetool/fastcgi/client.hpp>

#include "fpm/config.hpp"
#include "fpm/configured.hpp"
#include "fpm/proc.hpp"
#include "fpm/reach.hpp"
#include "fpm/root_directory.hpp"
#include "fpm/version.hpp"

namespace cachetool::fpm {
namespace {

constexpr std::size_t most_strays = 1000;
constexpr std::chrono::milliseconds longest_connect{50};
constexpr std::chrono::milliseconds longest_connects{300};  // for all of them together

constexpr std::array<std::string_view, 9> socket_places{
    "/run/php/*.sock",
    "/run/php-fpm/*.sock",
    "/run/php*.sock",
    "/run/php*/*.sock",
    "/var/opt/remi/php*/run/php-fpm/*.sock",
    "/opt/cpanel/ea-php*/root/usr/var/run/php-fpm/*.sock",
    "/opt/plesk/php/*/var/run/*.sock",
    "/var/www/vhosts/system/*/php-fpm.sock",
    "/usr/local/php*/sockets/*.sock",
};

constexpr std::array<std::string_view, 9> config_places{
    "/etc/php/*/fpm/php-fpm.conf",
    "/etc/php-fpm.conf",
    "/etc/php*/php-fpm.conf",
    "/etc/opt/remi/php*/php-fpm.conf",
    "/opt/cpanel/ea-php*/root/etc/php-fpm.conf",
    "/opt/plesk/php/*/etc/php-fpm.conf",
    "/usr/local/php*/etc/php-fpm*.conf",
    "/usr/local/etc/php-fpm.conf",
    "/etc/php/php-fpm.conf",
};

class stray_search {
 public:
  stray_search(search_options const& where, proc const& processes, std::vector<listening_socket> const& sockets,
               search_time const& time, std::vector<master>& masters)
      : where_(where),
        processes_(processes),
        files_(where.root, &processes),
        sockets_(sockets),
        time_(time),
        connects_(time.part(longest_connects)),
        masters_(masters) {}

  void run() {
    if (processes_.read("1/cmdline", 1).value_or("").empty()) add_configured();
    remember_known();
    for (std::string const& path : candidates()) {
      if (!time_.goes_on()) return;
      auto const info = files_.look_at(path);
      if (info && S_ISSOCK(info->st_mode) && known_.emplace(info->st_dev, info->st_ino).second) look_into(path);
    }
  }

 private:
  void add_configured() {
    for (std::string_view const place : config_places) {
      for (std::string const& path : files_.matches(std::string(place), most_strays)) {
        if (time_.goes_on()) add_configured(path);
      }
    }
  }

  // A configuration counts if somebody who may be its master listens where it says.
  void add_configured(std::string const& path) {
    auto const same = [&](master const& known) { return known.config == path && !known.elsewhere; };
    if (std::any_of(masters_.begin(), masters_.end(), same)) return;
    master found;
    found.config = path;
    found.version = version_in(path);
    read_configuration(files_, installation_prefix(path, {}), time_, found);
    bool in_force = false;
    for (pool& of : found.pools) {
      auto const at = configured_endpoint(of, installation_prefix(path, {}));
      if (!at) continue;
      bool const heard = is_heard(*at);
      in_force = in_force || heard;
      of.endpoint = at;
      of.reach = at->is_tcp() ? reach_port(heard, value_of(of, "listen.allowed_clients"), at->host())
                              : reach_socket(files_.outside(at->path()), heard);
    }
    if (in_force && learn_master(found)) masters_.push_back(std::move(found));
  }

  bool is_heard(fastcgi::endpoint const& at) const {
    return std::any_of(sockets_.begin(), sockets_.end(), [&](listening_socket const& socket) {
      return (!at.is_tcp() || is_trusted(socket.owner)) && is_at(socket, at, files_);
    });
  }

  bool is_trusted(uid_t user) const { return user == 0 || user == where_.caller; }

  // Asks the kernel who listens. False if it does not tell, or if that is a known master or somebody who is not
  // believed.
  bool learn_master(master& found) const {
    for (pool const& of : found.pools) {
      if (of.reach != access::reachable || of.endpoint->is_tcp()) continue;
      auto const [reach, peer] = connect_to(of.endpoint->path());
      if (!peer) {
        if (reach == access::reachable) return false;
        continue;
      }
      found.self = {peer->pid, peer->uid, peer->gid};
      return is_trusted(peer->uid) && (peer->pid == 0 || known_master(peer->pid) == nullptr);
    }
    return true;
  }

  master* known_master(pid_t pid) const {
    auto const same = [&](master const& known) { return pid != 0 && known.self.pid == pid; };
    auto const known = std::find_if(masters_.begin(), masters_.end(), same);
    return known == masters_.end() ? nullptr : &*known;
  }

  void remember_known() {
    for (master const& known : masters_) {
      for (pool const& of : known.pools) {
        if (!of.endpoint || of.endpoint->is_tcp()) continue;
        if (auto const info = files_.look_at(of.endpoint->path())) known_.emplace(info->st_dev, info->st_ino);
      }
    }
  }

  std::vector<std::string> candidates() const {
    std::vector<std::string> paths;
    for (std::string_view const place : socket_places) {
      for (std::string& path : files_.matches(std::string(place), most_strays)) paths.push_back(std::move(path));
    }
    if (where_.caller == 0) return paths;  // root sees every descriptor, so all listening sockets are explained
    for (listening_socket const& socket : sockets_) {
      bool const looks_like_it =
          socket.path.find("php") != socket.path.npos && socket.path.find("fpm") != socket.path.npos;
      if (looks_like_it && socket.path.starts_with('/') && paths.size() < most_strays) paths.push_back(socket.path);
    }
    return paths;
  }

  struct connect_result {
    access reach;
    std::optional<fastcgi::peer_credentials> peer;
  };

  connect_result connect_to(std::string const& path) const {
    // When the common time is over, each socket still gets a moment, but a full one is not waited for.
    auto const patience = std::clamp(connects_.left(), std::chrono::milliseconds{1}, longest_connect);
    try {
      auto const endpoint = fastcgi::endpoint::unix_socket(files_.outside(path));
      return {access::reachable, fastcgi::client(endpoint, {.connect_timeout = patience}).connect().peer()};
    } catch (error const& failed) {
      switch (failed.kind()) {
        case error_kind::forbidden:
          return {access::forbidden, {}};
        case error_kind::stale:
          return {access::stale, {}};
        case error_kind::timeout:
          return {access::saturated, {}};
        default:
          return {access::absent, {}};
      }
    }
  }

  void look_into(std::string const& path) {
    auto const [reach, peer] = connect_to(path);
    if (reach == access::absent || (reach == access::reachable && !peer)) return;  // it must be known who it is
    pool found;
    found.endpoint = fastcgi::endpoint::unix_socket(path);
    found.reach = reach;
    if (peer && known_master(peer->pid) != nullptr) return give_to(*known_master(peer->pid), std::move(found));
    if (peer && !may_be_master(*peer)) return;
    master unseen;
    if (peer) unseen.self = {peer->pid, peer->uid, peer->gid};
    unseen.version = version_in(path);
    unseen.pools.push_back(std::move(found));
    masters_.push_back(std::move(unseen));
  }

  // A process that the caller can see was already judged by processes.hpp.
  bool may_be_master(fastcgi::peer_credentials const& peer) const {
    bool const visible =
        peer.pid != 0 && !processes_.read(std::to_string(peer.pid) + "/cmdline", 1).value_or("").empty();
    return !visible && is_trusted(peer.uid);
  }

  // If only one pool has no known address, this is it.
  static void give_to(master& owner, pool found) {
    auto const homeless = [](pool const& of) { return !of.endpoint; };
    if (std::count_if(owner.pools.begin(), owner.pools.end(), homeless) != 1) {
      owner.pools.push_back(std::move(found));
      return;
    }
    pool& it = *std::find_if(owner.pools.begin(), owner.pools.end(), homeless);
    it.endpoint = found.endpoint;
    it.reach = found.reach;
  }

  search_options const& where_;
  proc const& processes_;
  root_directory files_;
  std::vector<listening_socket> const& sockets_;
  search_time const& time_;
  search_time connects_;
  std::vector<master>& masters_;
  std::set<std::pair<dev_t, ino_t>> known_;
};

}  // namespace

std::span<std::string_view const> usual_socket_places() noexcept {
  return socket_places;
}

void add_strays(search_options const& where, proc const& processes, std::vector<listening_socket> const& sockets,
                search_time const& time, std::vector<master>& masters) {
  stray_search(where, processes, sockets, time, masters).run();
}

}  // namespace cachetool::fpm
