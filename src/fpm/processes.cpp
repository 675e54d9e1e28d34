#include "fpm/processes.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <set>

#include "fpm/whereabouts.hpp"

namespace cachetool::fpm {
namespace {

constexpr std::string_view master_title = "php-fpm: master process (";
constexpr std::string_view pool_title = "php-fpm: pool ";

std::string base_name(std::string const& path) {
  return path.substr(path.rfind('/') + 1);
}

// The contents of /proc/<pid>/status.
struct status {
  process self;
  pid_t parent = 0;
  std::array<uid_t, 4> users{};  // real, effective, saved, of the file system
};

looked_up<status> read_status(proc const& of, pid_t pid) {
  auto const read = of.read("status", 2048);
  if (!read) return read.why();
  std::string const& text = *read;
  status found{{pid, 0, 0}, 0, {}};
  auto const field = [&](char const* name) {
    std::size_t const at = text.find(name);
    return at == text.npos ? text.c_str() + text.size() : text.c_str() + at;
  };
  auto& [real, effective, saved, files] = found.users;
  if (std::sscanf(field("\nPPid:"), " PPid: %d", &found.parent) != 1 ||
      std::sscanf(field("\nUid:"), " Uid: %u %u %u %u", &real, &effective, &saved, &files) != 4 ||
      std::sscanf(field("\nGid:"), " Gid: %*u %u", &found.self.gid) != 1) {
    return not_told{};
  }
  found.self.uid = effective;
  return found;
}

// A process that says it is php-fpm.
struct claimant {
  status what;
  std::string title;                   // the first argument; after php-fpm has set its title, that is all of it
  std::vector<std::string> arguments;  // until it has set its title
  std::string executable;
  bool believed = false;  // as a master
};

bool is_titled(claimant const& who) {
  return who.title.starts_with(master_title);
}

bool claims_to_be_php_fpm(std::string_view command_line) {
  std::string const first(command_line.substr(0, command_line.find('\0')));
  return first.starts_with(pool_title) || first.starts_with(master_title) || base_name(first).starts_with("php-fpm");
}

bool is_all(std::array<uid_t, 4> const& users, uid_t wanted) {
  return std::all_of(users.begin(), users.end(), [&](uid_t user) { return user == wanted; });
}

// See master_processes().
bool is_believed(proc const& of, claimant const& who, uid_t caller) {
  auto const& users = who.what.users;
  auto const file = of.target("exe");
  if (who.executable.empty() || !file) return caller != 0 && is_all(users, 0);
  std::string const name = base_name(who.executable);
  if (name.find("php") == name.npos || name.find("fpm") == name.npos) return false;
  if ((file->st_mode & S_ISUID) != 0) return false;
  bool const only_root_wrote_it = file->st_uid == 0 && (file->st_mode & 0022U) == 0;
  return is_all(users, 0) || is_all(users, caller) || only_root_wrote_it;
}

std::vector<std::string> split_arguments(std::string_view command_line) {
  std::vector<std::string> arguments;
  while (!command_line.empty()) {
    std::size_t const end = std::min(command_line.find('\0'), command_line.size());
    arguments.emplace_back(command_line.substr(0, end));
    command_line.remove_prefix(std::min(end + 1, command_line.size()));
  }
  return arguments;
}

// Kernel threads and dead processes have no command line. Nor has a master during a reload, for the half millisecond
// (longer on a busy machine) in which it calls exec(). Only a master of root's or the caller's is worth waiting for:
// anybody can have many processes that look like one for ever.
bool is_being_reloaded(proc const& processes, pid_t pid, uid_t caller) {
  std::string const of = std::to_string(pid);
  if (!processes.read(of + "/comm", 16).value_or("").starts_with("php-fpm")) return false;
  if (processes.read(of + "/status", 256).value_or("").find("\nState:\tZ") != std::string::npos) return false;
  auto const who = read_status(processes.of(pid), pid);
  return who && (is_all(who->users, 0) || is_all(who->users, caller));
}

std::string command_line_of(proc const& processes, pid_t pid) {
  return processes.read(std::to_string(pid) + "/cmdline", 256).value_or("");
}

std::optional<claimant> look_at(proc const& processes, pid_t pid, uid_t caller) {
  if (!claims_to_be_php_fpm(command_line_of(processes, pid))) return std::nullopt;
  // From here on through a descriptor of the process, so that everything is about the same process.
  proc const of = processes.of(pid);
  std::string const command_line = of.read("cmdline", 4096).value_or("");
  auto const what = read_status(of, pid);
  if (!what || !claims_to_be_php_fpm(command_line)) return std::nullopt;
  claimant who{*what, command_line.substr(0, command_line.find('\0')), {}, {}};
  if (who.title.starts_with(pool_title)) return who;
  if (!is_titled(who)) who.arguments = split_arguments(command_line);
  who.executable = of.link("exe").value_or("");
  constexpr std::string_view deleted = " (deleted)";  // it was updated, and goes on running
  if (who.executable.ends_with(deleted)) who.executable.resize(who.executable.size() - deleted.size());
  who.believed = is_believed(of, who, caller);
  return who;
}

std::string config_of(claimant const& who) {
  if (is_titled(who)) {
    std::string path = who.title.substr(master_title.size());
    return path.substr(0, path.rfind(')'));
  }
  for (std::size_t i = 1; i < who.arguments.size(); ++i) {
    std::string const& word = who.arguments[i];
    if (word.starts_with("--fpm-config=")) return word.substr(13);
    bool const names_it = word == "-y" || word == "--fpm-config";
    if (names_it && i + 1 < who.arguments.size()) return who.arguments[i + 1];
  }
  return {};
}

// A master that was being reloaded may have got its title after it was looked at, but before its children were.
void look_again(proc const& processes, uid_t caller, std::vector<claimant>& all) {
  std::set<pid_t> parents;
  for (claimant const& who : all) {
    if (is_titled(who)) parents.insert(who.what.parent);
  }
  for (claimant& who : all) {
    if (!parents.contains(who.what.self.pid) || is_titled(who)) continue;
    if (auto now = look_at(processes, who.what.self.pid, caller)) who = std::move(*now);
  }
}

// A worker that was just forked has its master's title until it sets its own. Until then its pool is unknown.
void wait_for_newborn(proc const& processes, uid_t caller, search_time const& time, std::vector<claimant>& all) {
  constexpr int most_looks = 5;
  std::set<pid_t> titled;
  for (claimant const& who : all) {
    if (who.believed && is_titled(who)) titled.insert(who.what.self.pid);
  }
  auto const is_newborn = [&](claimant const& who) { return is_titled(who) && titled.contains(who.what.parent); };
  for (int looks = 0; looks < most_looks && std::any_of(all.begin(), all.end(), is_newborn); ++looks) {
    time.pause(std::chrono::milliseconds(1));
    for (claimant& who : all) {
      if (!is_newborn(who)) continue;
      if (auto now = look_at(processes, who.what.self.pid, caller)) who = std::move(*now);
    }
  }
}

// Two kinds of processes look like masters, too: a master's child that has not yet set its title, and the process that
// starts a daemon and waits for it.
std::vector<claimant const*> choose_masters(std::vector<claimant> const& all) {
  std::set<pid_t> titled;
  std::set<pid_t> parents_of_titled;
  for (claimant const& who : all) {
    if (who.believed && is_titled(who)) titled.insert(who.what.self.pid);
  }
  for (claimant const& who : all) {
    if (titled.contains(who.what.self.pid) && !titled.contains(who.what.parent))
      parents_of_titled.insert(who.what.parent);
  }
  std::set<pid_t> believed;
  for (claimant const& who : all) {
    if (who.believed && !parents_of_titled.contains(who.what.self.pid)) believed.insert(who.what.self.pid);
  }
  std::vector<claimant const*> masters;
  for (claimant const& who : all) {
    if (believed.contains(who.what.self.pid) && !believed.contains(who.what.parent)) masters.push_back(&who);
  }
  return masters;
}

std::string children_file(pid_t parent) {
  std::string const pid = std::to_string(parent);
  return pid + "/task/" + pid + "/children";
}

// How long a process has been alive, by the clock of /proc/uptime; nothing if there is no such clock.
std::optional<std::chrono::duration<double>> age_of(proc const& processes, pid_t pid) {
  double uptime = 0;
  if (std::sscanf(processes.read("uptime", 64).value_or("").c_str(), "%lf", &uptime) != 1) return std::nullopt;
  std::string const line = processes.read(std::to_string(pid) + "/stat", 1024).value_or("");
  std::size_t const after_name = line.rfind(')');  // the name may contain anything
  unsigned long long ticks = 0;
  if (after_name == line.npos ||
      std::sscanf(line.c_str() + after_name + 1,
                  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &ticks) != 1) {
    return std::nullopt;
  }
  return std::chrono::duration<double>(uptime - static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

// A process that has ended is absent. If only its list of children is absent (an old kernel), the children are unknown.
not_told why_no_children(proc const& processes, pid_t parent, not_told why) {
  if (!why.is_absent()) return why;
  bool const has_ended = processes.target(std::to_string(parent)).is_absent();
  return has_ended ? why : not_told{};
}

std::vector<pid_t> numbers_in(std::string const& list) {
  std::vector<pid_t> found;
  char const* rest = list.c_str();
  pid_t child = 0;
  int length = 0;
  while (std::sscanf(rest, "%d%n", &child, &length) == 1) {
    found.push_back(child);
    rest += length;
  }
  return found;
}

// Waits for all masters together that were being reloaded at the first look.
void wait_for_reloaded(proc const& processes, uid_t caller, search_time const& time, std::vector<pid_t> reloaded,
                       std::vector<claimant>& all) {
  constexpr int most_looks = 9;
  for (int looks = 0; looks < most_looks && !reloaded.empty() && time.goes_on(); ++looks) {
    time.pause(std::chrono::milliseconds(2));
    std::erase_if(reloaded, [&](pid_t pid) {
      if (auto who = look_at(processes, pid, caller)) return all.push_back(std::move(*who)), true;
      return !is_being_reloaded(processes, pid, caller);
    });
  }
}

std::vector<claimant> find_claimants(proc const& processes, uid_t caller, search_time const& time) {
  std::vector<claimant> all;
  std::vector<pid_t> reloaded;
  std::vector<pid_t> pids = processes.pids().value_or({});
  std::sort(pids.begin(), pids.end());
  for (pid_t const pid : pids) {
    if (!time.goes_on()) break;
    if (auto who = look_at(processes, pid, caller)) {
      all.push_back(std::move(*who));
    } else if (command_line_of(processes, pid).empty() && is_being_reloaded(processes, pid, caller)) {
      reloaded.push_back(pid);
    }
  }
  wait_for_reloaded(processes, caller, time, std::move(reloaded), all);
  auto const by_pid = [](claimant const& a, claimant const& b) { return a.what.self.pid < b.what.self.pid; };
  std::sort(all.begin(), all.end(), by_pid);
  look_again(processes, caller, all);
  wait_for_newborn(processes, caller, time, all);
  return all;
}

}  // namespace

looked_up<std::vector<pid_t>> children(proc const& processes, pid_t parent) {
  auto const list = processes.read(children_file(parent), 1U << 20);
  if (!list) return why_no_children(processes, parent, list.why());
  return numbers_in(*list);
}

std::vector<master_process> master_processes(proc const& processes, uid_t caller, search_time const& time) {
  std::vector<claimant> const all = find_claimants(processes, caller, time);
  std::vector<master_process> found;
  for (claimant const* master : choose_masters(all)) {
    master_process one{master->what.self, master->executable, config_of(*master), {}};
    for (claimant const& who : all) {
      if (who.what.parent != one.self.pid || !who.title.starts_with(pool_title)) continue;
      one.workers[who.title.substr(pool_title.size())].push_back(who.what.self);
    }
    found.push_back(std::move(one));
  }
  return found;
}

looked_up<uid_t> user_of(proc const& processes, pid_t pid) {
  auto const who = read_status(processes.of(pid), pid);
  if (!who) return who.why();
  return who->self.uid;
}

looked_up<std::vector<worker>> workers(proc const& processes, pid_t master) {
  auto const pids = children(processes, master);
  if (!pids) return pids.why();
  std::vector<worker> found;
  for (pid_t const pid : *pids) {
    auto const who = read_status(processes.of(pid), pid);
    if (who.is_unknown()) return who.why();
    if (!who) continue;
    auto const line = processes.read(std::to_string(pid) + "/cmdline", 4096);
    if (line.is_unknown()) return line.why();
    if (!line) continue;
    std::string const title = line->substr(0, line->find('\0'));
    found.push_back({who->self, title.starts_with(pool_title) ? title.substr(pool_title.size()) : std::string()});
  }
  return found;
}

bool have_settled(proc const& processes, pid_t master) {
  std::chrono::seconds const young{1};
  std::vector<pid_t> const pids = children(processes, master).value_or({});
  return !pids.empty() && std::all_of(pids.begin(), pids.end(), [&processes, young](pid_t pid) {
    auto const age = age_of(processes, pid);
    return age && *age > young;
  });
}

looked_up<std::vector<uid_t>> child_users(pid_t master) {
  auto const all = workers(proc(), master);
  if (!all) return all.why();
  std::vector<uid_t> users;
  for (worker const& each : *all) {
    if (std::find(users.begin(), users.end(), each.self.uid) == users.end()) users.push_back(each.self.uid);
  }
  return users;
}

bool sees_children(pid_t master) {
  proc const processes;
  if (master <= 0 || ::access((processes.root() + "/" + children_file(master)).c_str(), R_OK) != 0) return false;
  auto const other = has_other_pids(processes, std::to_string(master));
  return other && !*other;
}

looked_up<std::vector<pid_t>> pool_workers(proc const& processes, pid_t master, std::string_view pool) {
  auto const pids = children(processes, master);
  if (!pids) return pids.why();
  std::string const title = std::string(pool_title) + std::string(pool);
  std::vector<pid_t> workers;
  for (pid_t const child : *pids) {
    auto const line = processes.read(std::to_string(child) + "/cmdline", 4096);
    if (line.is_unknown()) return line.why();
    if (line && line->substr(0, line->find('\0')) == title) workers.push_back(child);
  }
  return workers;
}

}  // namespace cachetool::fpm
