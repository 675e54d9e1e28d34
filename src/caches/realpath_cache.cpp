#include "caches/realpath_cache.hpp"

#include "caches/ask.hpp"
#include "caches/every_worker.hpp"

namespace cachetool::realpath_cache {
namespace {

using caches::ask;
using caches::from;

std::string text(php::key const& key) {
  auto const* const number = std::get_if<std::int64_t>(&key);
  return number != nullptr ? std::to_string(*number) : *std::get_if<std::string>(&key);
}

}  // namespace

listing read_entries(adapter::adapter& php) {
  agent::answer const answer = php.run(ask("stat.realpath_get"));
  listing out{from(answer), {}};
  for (php::entry const& each : answer.result.entries()) {
    php::value const& v = each.item;
    out.entries.push_back({text(each.key), v["key"], v["is_dir"].as_bool(), std::string(v["realpath"].as_string()),
                           v["expires"].as_int()});
  }
  return out;
}

size read_size(adapter::adapter& php) {
  agent::answer const answer = php.run(ask("stat.realpath_size"));
  return {from(answer), answer.result.as_int()};
}

clear_report clear(adapter::adapter& php, std::chrono::milliseconds patience) {
  adapter::adapter* const only = &php;
  caches::sweep const done = caches::run_in_every_worker({&only, 1}, ask("stat.clear"), patience).front();
  if (done.failure) throw *done.failure;
  auto const cleared = static_cast<std::int64_t>(done.answers.size());
  return {done.from, done.workers_known ? cleared + static_cast<std::int64_t>(done.missing.size()) : 0, cleared,
          done.missing};
}

}  // namespace cachetool::realpath_cache
