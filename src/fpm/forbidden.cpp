#include "fpm/forbidden.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/file_info.hpp"
#include "base/text.hpp"
#include "fpm/setting.hpp"

namespace cachetool::fpm {
namespace {

bool contains(std::vector<gid_t> const& groups, gid_t wanted) {
  return std::find(groups.begin(), groups.end(), wanted) != groups.end();
}

// The first directory on the way that this process may not enter; empty if there is none.
std::string closed_directory(std::string const& path) {
  for (std::size_t end = path.find('/', 1); end != path.npos; end = path.find('/', end + 1)) {
    std::string const directory = path.substr(0, end);
    if (faccessat(AT_FDCWD, directory.c_str(), X_OK, AT_EACCESS) != 0 && errno == EACCES) return directory;
  }
  return {};
}

/// The sentences about one file, and about who may not get through.
class refusal {
 public:
  refusal(struct stat const& of, pool const& of_pool, process_identity const& who, accounts const& names)
      : file_(of), pool_(of_pool), who_(who), names_(names) {}

  [[nodiscard]] std::string owner_and_mode() const {
    return "belongs to " + names_.user_and_number(file_.st_uid) + " and the group " +
           names_.group_and_number(file_.st_gid) + ", its mode is " + base::octal(file_.st_mode);
  }

  [[nodiscard]] std::string caller() const {
    constexpr std::size_t most = 16;
    std::string groups;
    for (std::size_t i = 0; i < std::min(who_.groups.size(), most); ++i) {
      groups += (i == 0 ? "" : ", ") + names_.group_and_number(who_.groups[i]);
    }
    if (who_.groups.size() > most) groups += ", ...";
    return names_.user_and_number(who_.user) + (who_.groups.size() == 1 ? " in the group " : " in the groups ") +
           groups;
  }

  /// "run this as www-data: sudo -u www-data cachetool ..."
  [[nodiscard]] std::string as_whom() const {
    bool const owner_may = (file_.st_mode & S_IWUSR) != 0 && file_.st_uid != who_.user && file_.st_uid != 0;
    if (!owner_may) return "run this as root: sudo cachetool ...";
    return "run this as " + names_.user(file_.st_uid) + ": sudo -u " + sudo_name() + " cachetool ...";
  }

  /// How the caller gets into the group that the permissions let in.
  [[nodiscard]] std::string join() const {
    bool const helps = (file_.st_mode & S_IWGRP) != 0 && file_.st_gid != 0 && !contains(who_.groups, file_.st_gid);
    if (!helps) return {};
    std::string const user = names_.user(who_.user);
    return ", or let " + user + " into the group: usermod -aG " + base::shell_word(names_.group(file_.st_gid)) + " " +
           base::shell_word(user) + ", and log in again";
  }

  /// Which lines of the configuration to change.
  [[nodiscard]] std::string lines() const {
    // With an access control list php-fpm sets neither owner nor group.
    for (char const* const name : {"listen.acl_users", "listen.acl_groups"}) {
      if (auto const acl = find_setting(pool_, name)) return ", or add the caller in " + acl->text();
    }
    std::string text;
    bool const is_member = contains(who_.groups, file_.st_gid) || who_.user == file_.st_uid;
    if (!is_member) {
      text += change("listen.group", who_.groups.empty() ? "GROUP" : names_.group(who_.groups.front()));
    }
    if ((file_.st_mode & S_IWGRP) == 0) text += (text.empty() ? "" : " and ") + change("listen.mode", "0660");
    return text.empty() ? "" : ", or " + text + " and restart php-fpm";
  }

 private:
  [[nodiscard]] std::string change(std::string const& name, std::string const& to) const {
    if (auto const set = find_setting(pool_, name)) return "change " + set->text() + " to " + to;
    auto const listen = find_setting(pool_, "listen");
    return "set " + name + " = " + to + (listen ? " below " + listen->place() : "");
  }

  [[nodiscard]] std::string sudo_name() const {
    std::string const name = names_.user(file_.st_uid);
    return name.find_first_not_of("0123456789") == name.npos ? base::shell_word("#" + name) : base::shell_word(name);
  }

  struct stat const& file_;
  pool const& pool_;
  process_identity const& who_;
  accounts const& names_;
};

error denied(std::string const& why) {
  return error(error_kind::forbidden, "permission denied: " + why);
}

error closed(std::string const& directory, pool const& of, process_identity const& who, accounts const& names) {
  auto const found = base::look_at(directory);
  auto const listen = find_setting(of, "listen");
  std::string const move = listen ? ", or have it listen in a directory that all may enter: " + listen->text() : "";
  if (!found) return denied("a directory above the socket may not be entered").advise("run this as root" + move);
  refusal const what(*found, of, who, names);
  return denied("the directory " + directory + " " + what.owner_and_mode() + ", and the caller is " + what.caller())
      .advise(what.as_whom() + move);
}

}  // namespace

process_identity process_identity::own() {
  process_identity out{geteuid(), {getegid()}};
  std::vector<gid_t> more(static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0)));
  int const count = getgroups(static_cast<int>(more.size()), more.data());
  more.resize(static_cast<std::size_t>(std::max(count, 0)));
  for (gid_t const group : more) {
    if (!contains(out.groups, group)) out.groups.push_back(group);
  }
  return out;
}

error forbidden_socket(std::string const& path, pool const& of, process_identity const& who, accounts const& names) {
  auto const found = base::look_at(path);
  if (!found) return closed(closed_directory(path), of, who, names);
  refusal const what(*found, of, who, names);
  return denied("the socket " + what.owner_and_mode() + ", and the caller is " + what.caller())
      .advise(what.as_whom() + what.join() + what.lines());
}

}  // namespace cachetool::fpm
