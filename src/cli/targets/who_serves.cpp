#include "cli/targets/who_serves.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/path.hpp"
#include "cli/output/log.hpp"
#include "cli/settings/paths.hpp"
#include "releases/site.hpp"
#include "releases/switched_links.hpp"

namespace cachetool::cli {
namespace {

namespace fs = std::filesystem;

enum class verdict : std::uint8_t { serves, does_not, nobody_tells };

// `link` is the site's link, or a directory beside it; then the link is called current.
std::vector<std::string> links_of(std::string const& link) {
  fs::path const above = fs::path(link).parent_path();
  return {link, (above / "current").string(), (above.parent_path() / "current").string()};
}

bool names(std::string const& path, std::string const& link) {
  auto const all = links_of(link);
  auto const lies_in = [&path](std::string const& each) { return base::lies_in(path, each); };
  return path == fs::path(link).parent_path() || std::any_of(all.begin(), all.end(), lies_in);
}

// Where names lead cannot be asked of each pool: a setting may be pinned, or memory short. That alone says nothing.
verdict by_names(adapter::adapter& pool, std::string const& link) {
  constexpr std::chrono::seconds a_while{30};
  try {
    return releases::earlier_targets(pool, link, a_while).empty() ? verdict::does_not : verdict::serves;
  } catch (error const& failed) {
    bool const is_mute = failed.kind() == error_kind::disabled || failed.kind() == error_kind::memory_limit ||
                         failed.kind() == error_kind::php_error || failed.kind() == error_kind::restricted;
    if (!is_mute) throw;
    return verdict::nobody_tells;
  }
}

// The pools of one master share one cache, but OPcache may be off in one of them.
verdict by_cache(std::vector<adapter::adapter*> const& pools, std::string const& link) {
  for (adapter::adapter* const pool : pools) {
    releases::site const seen = releases::look(*pool, link);
    if (releases::has_scripts_of(seen)) return verdict::serves;
    if (!seen.has_opcache) continue;
    if (seen.full || !seen.blind.empty()) return verdict::nobody_tells;
    return by_names(*pool, link);
  }
  return verdict::nobody_tells;
}

// If the cache has nothing of the site, or cannot tell (it is full, off, or may not be looked at), the workers' memory
// of the link does. A restart of OPcache makes each worker forget the link, too.
verdict by_memory(std::vector<adapter::adapter*> const& pools, std::string const& link) {
  constexpr std::chrono::milliseconds a_while{2000};
  auto const remembered = releases::is_remembered(pools, links_of(link), a_while);
  if (!remembered) return verdict::nobody_tells;
  return *remembered ? verdict::serves : verdict::does_not;
}

// One that cannot be asked may serve the site, so it stays. The command then says what became of it.
verdict serves(target const& whom, std::string const& link, agent::observer& log) {
  auto const names_it = [&link](std::string const& path) { return names(path, link); };
  if (whom.unreachable || std::any_of(whom.directories.begin(), whom.directories.end(), names_it)) {
    return verdict::serves;
  }
  try {
    std::vector<std::unique_ptr<adapter::adapter>> ways;
    ways.push_back(whom.open(log));
    for (target::opener const& other : whom.other_pools) ways.push_back(other(log));
    std::vector<adapter::adapter*> pools;
    for (auto const& each : ways) pools.push_back(each.get());
    verdict const cached = by_cache(pools, link);
    if (cached == verdict::serves) return cached;
    verdict const remembered = by_memory(pools, link);
    return remembered == verdict::serves || cached == verdict::nobody_tells ? remembered : cached;
  } catch (error const& failed) {
    if (failed.kind() == error_kind::interrupted) throw;
    return verdict::serves;
  }
}

}  // namespace

void keep_who_serve(context& with, std::vector<target>& targets) {
  auto const is_found = [](target const& one) { return one.found; };
  if (with.line.arguments.empty() || std::count_if(targets.begin(), targets.end(), is_found) < 2) return;
  std::string const link = absolute_name(with.line.arguments.front());
  int const wanted = verbosity(with.given, with.env);
  auto const log = make_log(wanted, with.out);
  std::string others;
  std::string unknown;
  std::erase_if(targets, [&](target const& one) {
    verdict const is = one.found ? serves(one, link, *log) : verdict::serves;
    if (is == verdict::serves) return false;
    std::string& list = is == verdict::nobody_tells ? unknown : others;
    list += (list.empty() ? "" : ", ") + one.addresses.front().label;
    return true;
  });
  if (targets.empty() && !unknown.empty()) {
    throw error(error_kind::usage, "nobody tells which php-fpm serves the site of " + link + ": " + unknown +
                                       (others.empty() ? "" : "; others do not: " + others))
        .advise("name the one that serves it with --fcgi=ADDRESS");
  }
  if (targets.empty()) {
    throw error(error_kind::usage, "none of the php-fpm that were found serves the site of " + link + ": " + others)
        .advise(
            "name the one that is to serve it with --fcgi=ADDRESS; nothing of it is cached yet, and no pool's "
            "doc_root, chdir or open_basedir names it");
  }
  if (!unknown.empty()) {
    with.out.warning("left alone, though nobody tells whether they serve " + link + ": " + unknown +
                     "; if they do, name them with --fcgi=ADDRESS");
  }
  if (wanted > 0 && !others.empty()) with.out.warning("left alone, because they do not serve " + link + ": " + others);
}

}  // namespace cachetool::cli
