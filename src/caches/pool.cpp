#include <utility>

#include <cachetool/apcu.hpp>
#include <cachetool/opcache.hpp>
#include <cachetool/pool.hpp>
#include <cachetool/realpath_cache.hpp>

#include "adapter/fastcgi_adapter.hpp"
#include "caches/apcu.hpp"
#include "caches/opcache.hpp"
#include "caches/opcache_reset.hpp"
#include "caches/realpath_cache.hpp"

namespace cachetool {

struct pool::state {
  state(fastcgi::endpoint where, adapter::fastcgi_options const& options) : php(std::move(where), options, watcher) {}

  agent::observer watcher;
  adapter::fastcgi_adapter php;
};

namespace {

adapter::fastcgi_options to_adapter_options(pool_options const& options) {
  adapter::fastcgi_options out;
  out.client.connect_timeout = options.connect_timeout;
  out.client.timeout = options.timeout;
  out.client.interrupt_fd = options.interrupt_fd;
  out.place.tmp_dir = options.tmp_dir;
  out.place.agent_path = options.agent_path;
  out.retries = options.retries;
  return out;
}

}  // namespace

pool::pool(fastcgi::endpoint where, pool_options const& options)
    : state_(std::make_unique<state>(std::move(where), to_adapter_options(options))) {}
pool::pool(pool&&) noexcept = default;
pool& pool::operator=(pool&&) noexcept = default;
pool::~pool() = default;

opcache::status pool::opcache_status() {
  return opcache::read_status(state_->php);
}

opcache::configuration pool::opcache_configuration() {
  return opcache::read_configuration(state_->php);
}

opcache::status pool::opcache_scripts(std::function<void(opcache::script const&)> const& each) {
  return opcache::read_scripts(state_->php, {}, each);
}

opcache::status pool::opcache_scripts(opcache::script_query const& query,
                                      std::function<void(opcache::script const&)> const& each) {
  return opcache::read_scripts(state_->php, query, each);
}

opcache::compile_report pool::opcache_compile(std::vector<opcache::script_file> const& files,
                                              opcache::compile_options const& options) {
  return opcache::compile({&state_->php}, files, options);
}

opcache::invalidate_report pool::opcache_invalidate(opcache::invalidate_query const& query) {
  return opcache::invalidate(state_->php, query);
}

opcache::reset_report pool::opcache_reset(std::chrono::milliseconds patience) {
  return opcache::reset(state_->php, {.patience = patience});
}

opcache::reset_report pool::opcache_reset(opcache::reset_options const& options) {
  return opcache::reset(state_->php, options);
}

apcu::info pool::apcu_info() {
  return apcu::read_info(state_->php);
}

apcu::memory pool::apcu_memory() {
  return apcu::read_memory(state_->php);
}

void pool::apcu_keys(std::function<void(apcu::key const&)> const& each) {
  apcu::read_keys(state_->php, each);
}

apcu::clear_report pool::apcu_clear() {
  return apcu::clear(state_->php);
}

apcu::fetched pool::apcu_fetch(std::string_view key) {
  return apcu::fetch(state_->php, key);
}

apcu::key_report pool::apcu_store(std::string_view key, php::value const& value, std::chrono::seconds ttl) {
  return apcu::store(state_->php, key, value, ttl);
}

apcu::key_report pool::apcu_delete(std::string_view key) {
  return apcu::remove(state_->php, key);
}

realpath_cache::clear_report pool::realpath_cache_clear(std::chrono::milliseconds patience) {
  return realpath_cache::clear(state_->php, patience);
}

}  // namespace cachetool
