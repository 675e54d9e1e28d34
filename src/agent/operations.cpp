#include "agent/operations.hpp"

#include <algorithm>
#include <string>

#include "agents/apcu.hpp"
#include "agents/apcu_listing.hpp"
#include "agents/complete.hpp"
#include "agents/deploy.hpp"
#include "agents/deploy_acquaint.hpp"
#include "agents/deploy_move.hpp"
#include "agents/deploy_worker.hpp"
#include "agents/doctor.hpp"
#include "agents/eval.hpp"
#include "agents/fpm_requests.hpp"
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
#include "agents/stat.hpp"

namespace cachetool::agent {
namespace {

constexpr source opcache{embedded::opcache, embedded::opcache_sha256};
constexpr source listing{embedded::opcache_listing, embedded::opcache_listing_sha256};
constexpr source select{embedded::opcache_select, embedded::opcache_select_sha256};
constexpr source warm{embedded::opcache_warm, embedded::opcache_warm_sha256};
constexpr source file_entries{embedded::opcache_file_entries, embedded::opcache_file_entries_sha256};
constexpr source apcu{embedded::apcu, embedded::apcu_sha256};
constexpr source apcu_listing{embedded::apcu_listing, embedded::apcu_listing_sha256};
constexpr source stat{embedded::stat, embedded::stat_sha256};
constexpr source deploy{embedded::deploy, embedded::deploy_sha256};
constexpr source deploy_move{embedded::deploy_move, embedded::deploy_move_sha256};

constexpr operation table[] = {
    {"apcu.clear", apcu},
    {"apcu.delete", apcu},
    {"apcu.delete_matching", apcu_listing},
    {"apcu.exists", apcu},
    {"apcu.fetch", apcu},
    {"apcu.info", apcu},
    {"apcu.keys", apcu_listing},
    {"apcu.memory", apcu},
    {"apcu.store", apcu},
    {"deploy.acquaint", {embedded::deploy_acquaint, embedded::deploy_acquaint_sha256}},
    {"deploy.aliases", deploy},
    {"deploy.hits", deploy},
    {"deploy.hold", deploy_move},
    {"deploy.look", deploy},
    {"deploy.move", deploy_move},
    {"deploy.resolve", {embedded::deploy_worker, embedded::deploy_worker_sha256}},
    {"doctor.examine", {embedded::doctor, embedded::doctor_sha256}},
    {"fpm.requests", {embedded::fpm_requests, embedded::fpm_requests_sha256}},
    {"opcache.compile", {embedded::opcache_compile, embedded::opcache_compile_sha256}},
    {"opcache.configuration", listing},
    {"opcache.dead_names", warm},
    {"opcache.delete_file_entries", file_entries},
    {"opcache.detach", warm},
    {"opcache.examine", select},
    {"opcache.file_cache", {embedded::opcache_file_cache, embedded::opcache_file_cache_sha256}},
    {"opcache.file_entries", file_entries},
    {"opcache.invalidate", {embedded::opcache_invalidate, embedded::opcache_invalidate_sha256}},
    {"opcache.prune", {embedded::opcache_prune, embedded::opcache_prune_sha256}},
    {"opcache.refresh", {embedded::opcache_refresh, embedded::opcache_refresh_sha256}},
    {"opcache.releases", warm},
    {"opcache.reset", opcache},
    {"opcache.scripts", listing},
    {"opcache.select", select},
    {"opcache.state", opcache},
    {"opcache.status", opcache},
    {"php.eval", {embedded::eval, embedded::eval_sha256}},
    {"stat.clear", stat},
    {"stat.realpath_get", stat},
    {"stat.realpath_size", stat},
    {"stat.workers", stat},
};

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

source complete() noexcept {
  return {embedded::complete, embedded::complete_sha256};
}

}  // namespace cachetool::agent
