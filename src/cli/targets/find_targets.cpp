#include "cli/targets/find_targets.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/targets/selection.hpp"
#include "fpm/discovery.hpp"
#include "fpm/port_owner.hpp"
#include "fpm/who_listens.hpp"

namespace cachetool::cli {
namespace {

target web_target(context const& with, int interrupt_fd) {
  adapter::web_options options = choose_web(with.given, with.file, with.env);
  options.interrupt_fd = interrupt_fd;
  target out;
  out.addresses = {{options.url, {}}};
  out.open = [options](agent::observer& watcher) { return std::make_unique<adapter::web_adapter>(options, watcher); };
  return out;
}

target cli_target(context& with, int interrupt_fd) {
  with.out.warning("the caches of php on the command line are its own: no web request uses them");
  adapter::cli_options options = choose_cli(with.given);
  options.interrupt_fd = interrupt_fd;
  target out;
  out.addresses = {{"cli", {}}};
  out.open = [options](agent::observer& watcher) { return std::make_unique<adapter::cli_adapter>(options, watcher); };
  return out;
}

target::opener way_to(fastcgi::endpoint const& where, adapter::fastcgi_options const& options) {
  return [where, options](agent::observer& watcher) {
    return std::make_unique<adapter::fastcgi_adapter>(where, options, watcher);
  };
}

target fastcgi_target(selected_target const& chosen, std::string pool, adapter::fastcgi_options const& options) {
  target out;
  out.addresses = {{chosen.where.text(), std::move(pool)}};
  out.where = chosen.where;
  out.interrupt_fd = options.client.interrupt_fd;
  out.master = chosen.master;
  out.open = way_to(chosen.where, options);
  out.open_pool = [options](fastcgi::endpoint const& where, agent::observer& watcher) {
    return way_to(where, options)(watcher);
  };
  for (fastcgi::endpoint const& other : chosen.others) out.other_pools.push_back(way_to(other, options));
  for (left_out const& each : chosen.out_of_reach) {
    out.out_of_reach.push_back(each.who + " cannot be reached: " + each.why.message());
  }
  return out;
}

void refuse_several(std::vector<fastcgi::endpoint> const& named, target_policy policy) {
  if (named.size() < 2 || policy != target_policy::exactly_one) return;
  std::string list;
  for (auto const& endpoint : named) list += (list.empty() ? "" : ", ") + endpoint.text();
  throw error(error_kind::usage, "this command works on one php-fpm, and several are meant: " + list)
      .advise("name one with --fcgi=ADDRESS");
}

// Addresses of one master become one target. If it is unknown whose they are, each stays a target of its own.
std::vector<target> by_master(std::vector<fastcgi::endpoint> const& named, target_scope scope,
                              adapter::fastcgi_options const& options) {
  std::vector<target> targets;
  std::vector<pid_t> masters;
  bool const whole = scope == target_scope::whole_master;
  std::vector<std::optional<fpm::listener>> listeners(named.size());
  if (named.size() > 1 || whole) {
    listeners = fpm::who_listen(named, {.must_know = true, .interrupt_fd = options.client.interrupt_fd});
  }
  for (std::size_t i = 0; i < named.size(); ++i) {
    fastcgi::endpoint const& where = named[i];
    auto const& found = listeners[i];
    pid_t const pid = found ? found->master.self.pid : 0;
    std::string const pool = found && found->pool ? found->master.pools[*found->pool].name : "";
    auto const known = std::find(masters.begin(), masters.end(), pid);
    if (pid != 0 && known != masters.end()) {
      if (!whole) targets[static_cast<std::size_t>(known - masters.begin())].addresses.push_back({where.text(), pool});
      continue;
    }
    masters.push_back(pid);
    selected_target const chosen = found && whole ? whole_master(found->master, where) : selected_target{where, {}, {}};
    targets.push_back(fastcgi_target(chosen, pool, options));
  }
  // Addresses of unknown masters may still be pools of one master that this machine does not see.
  if (whole && targets.size() > 1 && std::count(masters.begin(), masters.end(), 0) == std::ssize(masters)) {
    for (std::size_t i = 1; i < named.size(); ++i) targets.front().other_pools.push_back(way_to(named[i], options));
    targets.resize(1);
  }
  return targets;
}

std::vector<target> found_targets(context& with, narrowing const& narrowed, target_scope scope,
                                  adapter::fastcgi_options const& options) {
  auto const found = fpm::find_masters({.interrupt_fd = options.client.interrupt_fd});
  target_selection const chosen = select(found, narrowed, with.line.command->targets, scope);
  bool const is_target = narrowed.all || with.line.command->targets == target_policy::every_found;
  std::vector<target> targets;
  for (selected_target const& each : chosen.targets) {
    target& added = targets.emplace_back(fastcgi_target(each, {}, options));
    added.found = !narrowed.all;
    added.directories = each.directories;
  }
  for (left_out const& each : chosen.missing) {
    // If there is nothing else, the user needs to know why it cannot be reached.
    if (!is_target && !chosen.targets.empty()) {
      with.out.warning(each.who + " is left out: " + each.why.message());
      continue;
    }
    if (scope == target_scope::whole_master) throw error(each.why).on(each.where);
    target missing;
    missing.addresses = {{each.where, each.pool}};
    if (!each.where.empty()) missing.where = fastcgi::endpoint::parse(each.where);
    missing.who = each.who;
    missing.interrupt_fd = options.client.interrupt_fd;
    missing.unreachable = each.why;
    targets.push_back(std::move(missing));
  }
  return targets;
}

// If nothing was found, in a pod for instance, php-fpm may listen at its default port. Anybody may listen there, and
// would be sent what is meant for php-fpm.
target guess(adapter::fastcgi_options const& options) {
  constexpr std::uint16_t port = 9000;
  target out = fastcgi_target({fastcgi::endpoint::tcp("127.0.0.1", port), {}, {}}, {}, options);
  out.guessed = true;
  std::string const name = "--fcgi=" + out.addresses.front().label;
  switch (fpm::owner_of_port(port, {.interrupt_fd = options.client.interrupt_fd})) {
    case fpm::port_owner::trusted:
      break;
    case fpm::port_owner::nobody:
      out.unreachable =
          error(error_kind::unreachable, "no php-fpm was found, and nobody listens on port 9000")
              .advise("is it running? cachetool fpm:list shows what is looked at; or name it: --fcgi=ADDRESS");
      break;
    case fpm::port_owner::third_user:
      out.unreachable = error(error_kind::unreachable,
                              "no php-fpm was found, and who listens on port 9000 is neither root nor the caller")
                            .advise("if that is the php-fpm you mean, name it: " + name);
      break;
  }
  return out;
}

std::vector<target> fastcgi_targets(context& with, target_scope scope, int interrupt_fd) {
  adapter::fastcgi_options options = choose_fastcgi(with.given, with.file);
  options.client.interrupt_fd = interrupt_fd;
  wanted_targets wanted = choose_targets(with.given, with.file, with.env);
  std::vector<target> found;
  if (wanted.find) found = found_targets(with, wanted.narrowed, scope, options);
  refuse_several(wanted.named, with.line.command->targets);
  std::vector<target> targets;
  if (with.line.command->once) {
    targets = by_master(wanted.named, scope, options);
  } else {
    for (auto const& where : wanted.named) targets.push_back(fastcgi_target({where, {}, {}}, {}, options));
  }
  std::copy_if(std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()),
               std::back_inserter(targets), [&](target const& one) {
                 return std::none_of(wanted.named.begin(), wanted.named.end(),
                                     [&](auto const& named) { return one.where == named; });
               });
  if (!targets.empty()) return targets;
  targets.push_back(guess(options));
  return targets;
}

}  // namespace

std::vector<target> find_targets(context& with, target_scope scope, int interrupt_fd) {
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
  return fastcgi_targets(with, scope, interrupt_fd);
}

}  // namespace cachetool::cli
