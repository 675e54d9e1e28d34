#include "agent/operations.hpp"

#include <algorithm>
#include <string>

#include "agent/php_parts.hpp"
#include "base/take.hpp"

#include "agents/apcu.hpp"
#include "agents/apcu_listing.hpp"
#include "agents/complete.hpp"
#include "agents/deploy.hpp"
#include "agents/deploy_acquaint.hpp"
#include "agents/deploy_move.hpp"
#include "agents/deploy_remember.hpp"
#include "agents/deploy_worker.hpp"
#include "agents/eval.hpp"
#include "agents/examine.hpp"
#include "agents/fpm_requests.hpp"
#include "agents/fpm_status.hpp"
#include "agents/opcache.hpp"
#include "agents/opcache_compile.hpp"
#include "agents/opcache_file_cache.hpp"
#include "agents/opcache_file_entries.hpp"
#include "agents/opcache_invalidate.hpp"
#include "agents/opcache_listing.hpp"
#include "agents/opcache_prune.hpp"
#include "agents/opcache_refresh.hpp"
#include "agents/opcache_select.hpp"
#include "agents/opcache_warm.hpp"
#include "agents/site_links.hpp"
#include "agents/site_names.hpp"
#include "agents/site_place.hpp"
#include "agents/site_remembered.hpp"
#include "agents/stat.hpp"

namespace cachetool::agent {
namespace {

constexpr operation table[] = {
    {"apcu.clear", embedded::apcu, "apcu:cache:clear", "apc.enabled"},
    {"apcu.delete", embedded::apcu, "apcu:key:delete", "apc.enabled"},
    {"apcu.delete_matching", embedded::apcu_listing, "apcu:regexp:delete", "apc.enabled"},
    {"apcu.exists", embedded::apcu, "apcu:key:exists", "apc.enabled"},
    {"apcu.fetch", embedded::apcu, "apcu:key:fetch", "apc.enabled"},
    {"apcu.info", embedded::apcu, "apcu:cache:info", "apc.enabled"},
    {"apcu.keys", embedded::apcu_listing, "apcu:cache:info:keys", "apc.enabled"},
    {"apcu.memory", embedded::apcu, "apcu:sma:info", "apc.enabled"},
    {"apcu.store", embedded::apcu, "apcu:key:store", "apc.enabled"},
    {"deploy.acquaint", embedded::deploy_acquaint, "deploy:switch|deploy:warm|opcache:reset", "opcache.enable"},
    {"deploy.aliases", embedded::deploy, "deploy:finish|deploy:switch|opcache:prune|opcache:reset", "opcache.enable"},
    {"deploy.hits", embedded::deploy, "deploy:finish|deploy:switch|opcache:reset", "opcache.enable"},
    {"deploy.hold", embedded::deploy_move, "deploy:finish|deploy:switch|opcache:reset"},
    {"deploy.look", embedded::deploy, "deploy:finish|deploy:switch|deploy:warm|opcache:prune|opcache:reset"},
    {"deploy.move", embedded::deploy_move, "deploy:finish|deploy:switch|opcache:reset", "opcache.enable"},
    {"deploy.remembers", embedded::deploy_remember, "deploy:finish|deploy:switch|deploy:warm"},
    {"deploy.resolve", embedded::deploy_worker, "deploy:finish|deploy:switch|doctor|opcache:check|opcache:reset"},
    {"fpm.requests", embedded::fpm_requests, "deploy:finish|deploy:switch|opcache:reset"},
    {"fpm.status", embedded::fpm_status, "fpm:check|fpm:status|fpm:workers|metrics|opcache:report|opcache:top"},
    {"opcache.compile", embedded::opcache_compile, "opcache:compile:script|opcache:compile:scripts", "opcache.enable"},
    {"opcache.configuration", embedded::opcache_listing, "opcache:configuration|opcache:report"},
    {"opcache.dead_names", embedded::opcache_warm, "deploy:switch|deploy:warm|opcache:reset"},
    {"opcache.delete_file_entries", embedded::opcache_file_entries,
     "deploy:switch|deploy:warm|opcache:refresh|opcache:reset"},
    {"opcache.detach", embedded::opcache_warm, "deploy:switch|deploy:warm|opcache:reset", "opcache.enable"},
    {"opcache.examine", embedded::opcache_select,
     "deploy:finish|deploy:switch|deploy:warm|doctor|opcache:check|opcache:prune|opcache:refresh|opcache:reset"},
    {"opcache.file_cache", embedded::opcache_file_cache, "opcache:reset:file-cache"},
    {"opcache.file_entries", embedded::opcache_file_entries, "deploy:switch|deploy:warm|opcache:refresh|opcache:reset"},
    {"opcache.invalidate", embedded::opcache_invalidate, "opcache:invalidate:scripts", "opcache.enable"},
    {"opcache.prune", embedded::opcache_prune, "opcache:prune", "opcache.enable"},
    {"opcache.refresh", embedded::opcache_refresh,
     "deploy:finish|deploy:switch|deploy:warm|opcache:refresh|opcache:reset", "opcache.enable"},
    {"opcache.releases", embedded::opcache_warm, "deploy:switch|deploy:warm|opcache:reset"},
    {"opcache.reset", embedded::opcache, "deploy:finish|deploy:switch|opcache:reset", "opcache.enable"},
    {"opcache.scripts", embedded::opcache_listing, "opcache:report|opcache:status:scripts|opcache:top",
     "opcache.enable"},
    {"opcache.select", embedded::opcache_select,
     "deploy:finish|deploy:switch|deploy:warm|doctor|opcache:check|opcache:prune|opcache:refresh|opcache:reset"},
    {"opcache.state", embedded::opcache, "deploy:finish|deploy:switch|opcache:reset", "opcache.enable"},
    {"opcache.status", embedded::opcache,
     "deploy:finish|opcache:prune|opcache:refresh|opcache:reset|opcache:status|opcache:top", "opcache.enable"},
    {"php.eval", embedded::eval, "php:eval"},
    {"php.examine", embedded::examine, "doctor|fpm:check|metrics|opcache:check|opcache:report"},
    {"site.links", embedded::site_links, "deploy:finish|deploy:switch|deploy:warm|doctor|opcache:check|opcache:reset"},
    {"site.names", embedded::site_names, "deploy:finish|deploy:switch|deploy:warm|doctor|opcache:check|opcache:reset",
     "opcache.enable"},
    {"site.place", embedded::site_place, "deploy:finish|doctor|opcache:check|opcache:reset"},
    {"site.remembered", embedded::site_remembered, "deploy:finish|doctor|opcache:check|opcache:reset"},
    {"stat.clear", embedded::stat, "stat:clear"},
    {"stat.realpath_get", embedded::stat, "stat:realpath_get"},
    {"stat.realpath_size", embedded::stat, "fpm:status|fpm:workers|stat:realpath_size"},
    {"stat.workers", embedded::stat,
     "deploy:finish|deploy:switch|deploy:warm|doctor|opcache:check|opcache:reset|stat:clear"},
};

// True if one of the source's files calls the function.
bool calls(source const& agent, std::string_view function) {
  auto const parts = php_parts();
  return std::any_of(parts.begin(), parts.end(), [&](php_part const& part) {
    return std::find(agent.parts.begin(), agent.parts.end(), part.file) != agent.parts.end() && calls(part, function);
  });
}

void add_names(std::vector<std::string_view>& all, std::string_view names) {
  while (!names.empty()) {
    all.push_back(base::take_until(names, '|'));
  }
}

}  // namespace

std::span<operation const> operations() noexcept {
  return table;
}

source source_for(std::string_view name) {
  auto const found =
      std::find_if(std::begin(table), std::end(table), [name](operation const& each) { return each.name == name; });
  if (found == std::end(table)) {
    throw error(error_kind::usage, "the agent has no operation \"" + std::string(name) + "\"");
  }
  return found->agent;
}

std::vector<std::string_view> commands_that_call(std::string_view function) {
  std::vector<std::string_view> all;
  for (operation const& each : table) {
    if (calls(each.agent, function)) add_names(all, each.commands);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

source complete() noexcept {
  return embedded::complete;
}

}  // namespace cachetool::agent
