#include "cli/find_targets.hpp"

#include <algorithm>
#include <utility>

#include <cachetool/fastcgi/client.hpp>

#include "fpm/find.hpp"

namespace cachetool::cli {
namespace {

target web_target(context const& with, int interrupt_fd) {
  adapter::web_options options = choose_web(with.given, with.file);
  options.interrupt_fd = interrupt_fd;
  target out;
  out.addresses = {{options.url, {}}};
  out.open = [options](adapter::observer& watcher) { return std::make_unique<adapter::web_adapter>(options, watcher); };
  return out;
}

target cli_target(context& with, int interrupt_fd) {
  with.out.warning("the caches of php on the command line are its own: no web request uses them");
  adapter::cli_options options = choose_cli(with.given);
  options.interrupt_fd = interrupt_fd;
  target out;
  out.addresses = {{"cli", {}}};
  out.open = [options](adapter::observer& watcher) { return std::make_unique<adapter::cli_adapter>(options, watcher); };
  return out;
}

target fastcgi_target(fastcgi::endpoint const& where, std::string pool, adapter::fastcgi_options const& options) {
  target out;
  out.addresses = {{where.text(), std::move(pool)}};
  out.open = [where, options](adapter::observer& watcher) {
    return std::make_unique<adapter::fastcgi_adapter>(where, options, watcher);
  };
  return out;
}

void refuse_several(std::vector<fastcgi::endpoint> const& named, bool one_only, char const* what) {
  if (named.size() < 2 || !one_only) return;
  std::string list;
  for (auto const& endpoint : named) list += (list.empty() ? "" : ", ") + endpoint.text();
  throw error(error_kind::usage, std::string(what) + ": " + list).advise("name one with --fcgi=ADDRESS");
}

// 0 where nothing tells.
pid_t master_of(fastcgi::endpoint const& where) {
  try {
    constexpr std::chrono::milliseconds patience{200};
    auto const peer = fastcgi::client(where, {.connect_timeout = patience}).connect().peer();
    return peer ? peer->pid : 0;
  } catch (error const&) {
    return 0;  // whoever works on it says why
  }
}

// Pools of one master are one target. What cannot be told apart is left as it is.
std::vector<target> by_master(std::vector<fastcgi::endpoint> const& named, adapter::fastcgi_options const& options) {
  std::vector<target> targets;
  std::vector<pid_t> masters;
  for (fastcgi::endpoint const& where : named) {
    pid_t const pid = named.size() > 1 && !where.is_tcp() ? master_of(where) : 0;
    auto const known = std::find(masters.begin(), masters.end(), pid);
    if (pid != 0 && known != masters.end()) {
      targets[static_cast<std::size_t>(known - masters.begin())].addresses.push_back({where.text(), {}});
      continue;
    }
    masters.push_back(pid);
    targets.push_back(fastcgi_target(where, {}, options));
  }
  return targets;
}

std::vector<target> fastcgi_targets(context& with, bool once, int interrupt_fd) {
  adapter::fastcgi_options options = choose_fastcgi(with.given, with.file);
  options.client.interrupt_fd = interrupt_fd;
  target_policy const policy = with.line.command->targets;
  wanted_targets wanted = choose_targets(with.given, with.file, with.env);
  if (wanted.find) {
    std::vector<fastcgi::endpoint> found = fpm::find_endpoints("/run");
    wanted.named.insert(wanted.named.end(), found.begin(), found.end());
    refuse_several(wanted.named, policy == target_policy::one_found, "several php-fpm were found");
  }
  refuse_several(wanted.named, policy == target_policy::exactly_one,
                 "this command works on one php-fpm, and several are meant");
  std::vector<target> targets;
  if (once) {
    targets = by_master(wanted.named, options);
  } else {
    for (fastcgi::endpoint const& where : wanted.named) targets.push_back(fastcgi_target(where, {}, options));
  }
  if (!targets.empty()) return targets;
  targets.push_back(fastcgi_target(fastcgi::endpoint::tcp("127.0.0.1", 9000), {}, options));
  targets.back().guessed = true;
  return targets;
}

}  // namespace

std::vector<target> find_targets(context& with, bool once, int interrupt_fd) {
  std::vector<target> targets;
  switch (choose_adapter(with.given, with.file)) {
    case adapter_kind::web:
      targets.push_back(web_target(with, interrupt_fd));
      return targets;
    case adapter_kind::cli:
      targets.push_back(cli_target(with, interrupt_fd));
      return targets;
    case adapter_kind::fastcgi:
      break;
  }
  return fastcgi_targets(with, once, interrupt_fd);
}

}  // namespace cachetool::cli
