#include "fpm/processes.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <set>
#include <thread>

namespace cachetool::fpm {
namespace {

constexpr std::string_view master_title = "php-fpm: master process (";
constexpr std::string_view pool_title = "php-fpm: pool ";

std::string file_name(std::string const& path) {
  return path.substr(path.rfind('/') + 1);
}

// What /proc/PID/status says of a process.
struct status {
  process self;
  pid_t parent = 0;
  std::array<uid_t, 4> users{};  // real, effective, saved, of the file system
};

std::optional<status> read_status(proc const& of, pid_t pid) {
  std::string const text = of.read("status", 2048);
  status found{{pid, 0, 0}, 0, {}};
  auto const field = [&](char const* name) {
    std::size_t const at = text.find(name);
    return at == text.npos ? text.c_str() + text.size() : text.c_str() + at;
  };
  auto& [real, effective, saved, files] = found.users;
  if (std::sscanf(field("\nPPid:"), " PPid: %d", &found.parent) != 1 ||
      std::sscanf(field("\nUid:"), " Uid: %u %u %u %u", &real, &effective, &saved, &files) != 4 ||
      std::sscanf(field("\nGid:"), " Gid: %*u %u", &found.self.gid) != 1) {
    return std::nullopt;
  }
  found.self.uid = effective;
  return found;
}

// A process that says it is php-fpm.
struct claimant {
  status what;
  std::string title;                   // the first argument: all of it, once php-fpm has set it
  std::vector<std::string> arguments;  // as long as it has not
  std::string executable;
  bool believed = false;  // as a master
};

bool is_titled(claimant const& who) {
  return who.title.starts_with(master_title);
}

bool claims_to_be_php_fpm(std::string_view command_line) {
  std::string const first(command_line.substr(0, command_line.find('\0')));
  return first.starts_with(pool_title) || first.starts_with(master_title) || file_name(first).starts_with("php-fpm");
}

bool is_all(std::array<uid_t, 4> const& users, uid_t wanted) {
  return std::all_of(users.begin(), users.end(), [&](uid_t user) { return user == wanted; });
}

// See master_processes().
bool is_believed(proc const& of, claimant const& who, uid_t caller) {
  auto const& users = who.what.users;
  auto const file = of.target("exe");
  if (who.executable.empty() || !file) return caller != 0 && is_all(users, 0);
  std::string const name = file_name(who.executable);
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

bool is_dead(proc const& processes, std::string const& pid) {
  return processes.read(pid + "/status", 256).find("\nState:\tZ") != std::string::npos;
}

// Empty for kernel threads and the dead, and for the half millisecond, longer on a busy machine, in which a master that
// is reloaded calls exec().
std::string read_command_line(proc const& processes, pid_t pid) {
  constexpr int most_looks = 10;
  std::string const of = std::to_string(pid);
  std::string line = processes.read(of + "/cmdline", 256);
  for (int looks = 1; looks < most_looks; ++looks) {
    if (!line.empty() || !processes.read(of + "/comm", 16).starts_with("php-fpm") || is_dead(processes, of)) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    line = processes.read(of + "/cmdline", 256);
  }
  return line;
}

std::optional<claimant> look_at(proc const& processes, pid_t pid, uid_t caller) {
  if (!claims_to_be_php_fpm(read_command_line(processes, pid))) return std::nullopt;
  // From here on by a descriptor of the process, so that everything is of one and the same.
  proc const of(processes.root() + "/" + std::to_string(pid));
  std::string const command_line = of.read("cmdline", 4096);
  auto const what = read_status(of, pid);
  if (!what || !claims_to_be_php_fpm(command_line)) return std::nullopt;
  claimant who{*what, command_line.substr(0, command_line.find('\0')), {}, {}};
  if (who.title.starts_with(pool_title)) return who;
  if (!is_titled(who)) who.arguments = split_arguments(command_line);
  who.executable = of.link("exe");
  constexpr std::string_view deleted = " (deleted)";  // it was updated, and runs on
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

// A master that was being reloaded when it was looked at may have got its title before its children were.
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

// A worker that was forked just now has its master's title until it sets its own: then nothing tells its pool.
void wait_for_newborn(proc const& processes, uid_t caller, std::vector<claimant>& all) {
  constexpr int most_looks = 5;
  std::set<pid_t> titled;
  for (claimant const& who : all) {
    if (who.believed && is_titled(who)) titled.insert(who.what.self.pid);
  }
  auto const is_newborn = [&](claimant const& who) { return is_titled(who) && titled.contains(who.what.parent); };
  for (int looks = 0; looks < most_looks && std::any_of(all.begin(), all.end(), is_newborn); ++looks) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    for (claimant& who : all) {
      if (!is_newborn(who)) continue;
      if (auto now = look_at(processes, who.what.self.pid, caller)) who = std::move(*now);
    }
  }
}

// The child of a master that has not yet got its own title, and the process that starts a daemon and waits for it, look
// like masters, too.
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

// How long a process has been alive, by the clock of /proc/uptime; nothing if there is none.
std::optional<std::chrono::duration<double>> age_of(proc const& processes, pid_t pid) {
  double uptime = 0;
  if (std::sscanf(processes.read("uptime", 64).c_str(), "%lf", &uptime) != 1) return std::nullopt;
  std::string const line = processes.read(std::to_string(pid) + "/stat", 1024);
  std::size_t const after_name = line.rfind(')');  // the name may hold anything
  unsigned long long ticks = 0;
  if (after_name == line.npos ||
      std::sscanf(line.c_str() + after_name + 1,
                  " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &ticks) != 1) {
    return std::nullopt;
  }
  return std::chrono::duration<double>(uptime - static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

// How many pid namespaces, one in the other, know a process; 0 if there is none.
std::ptrdiff_t namespaces(proc const& processes, std::string const& pid) {
  std::ptrdiff_t count = 0;
  processes.lines(pid + "/status", [&count](std::string_view line) {
    if (!line.starts_with("NSpid:")) return true;
    count = std::count(line.begin(), line.end(), '\t');
    return false;
  });
  return count;
}

}  // namespace

std::vector<pid_t> children(proc const& processes, pid_t parent) {
  std::string const list = processes.read(children_file(parent), 1U << 20);
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

std::vector<master_process> master_processes(proc const& processes, uid_t caller) {
  std::vector<claimant> all;
  std::vector<pid_t> pids = processes.pids();
  std::sort(pids.begin(), pids.end());
  for (pid_t const pid : pids) {
    if (auto who = look_at(processes, pid, caller)) all.push_back(std::move(*who));
  }
  look_again(processes, caller, all);
  wait_for_newborn(processes, caller, all);
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

std::vector<worker> workers(proc const& processes, pid_t master) {
  std::vector<worker> found;
  for (pid_t const pid : children(processes, master)) {
    auto const who = read_status(proc(processes.root() + "/" + std::to_string(pid)), pid);
    if (!who) continue;
    std::string const line = processes.read(std::to_string(pid) + "/cmdline", 4096);
    std::string const title = line.substr(0, line.find('\0'));
    found.push_back({who->self, title.starts_with(pool_title) ? title.substr(pool_title.size()) : std::string()});
  }
  return found;
}

bool have_settled(proc const& processes, pid_t master) {
  std::chrono::seconds const young{1};
  std::vector<pid_t> const pids = children(processes, master);
  return !pids.empty() && std::all_of(pids.begin(), pids.end(), [&processes, young](pid_t pid) {
    auto const age = age_of(processes, pid);
    return age && *age > young;
  });
}

std::vector<uid_t> child_users(pid_t master) {
  std::vector<uid_t> users;
  for (worker const& each : workers(proc(), master)) {
    if (std::find(users.begin(), users.end(), each.self.uid) == users.end()) users.push_back(each.self.uid);
  }
  return users;
}

bool sees_children(pid_t master) {
  proc const processes;
  return master > 0 && ::access((processes.root() + "/" + children_file(master)).c_str(), R_OK) == 0 &&
         namespaces(processes, std::to_string(master)) == namespaces(processes, "self");
}

std::vector<pid_t> pool_workers(pid_t master, std::string_view pool) {
  proc const processes;
  std::string const title = std::string(pool_title) + std::string(pool);
  std::vector<pid_t> workers;
  for (pid_t const child : children(processes, master)) {
    std::string const line = processes.read(std::to_string(child) + "/cmdline", 4096);
    if (line.substr(0, line.find('\0')) == title) workers.push_back(child);
  }
  return workers;
}

}  // namespace cachetool::fpm
