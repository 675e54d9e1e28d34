#include "releases/held_scripts.hpp"

#include <utility>

#include "caches/compile_rows.hpp"

namespace cachetool::releases {
namespace {

constexpr std::size_t most = 50;  // each request compiles those of them that it includes

}  // namespace

held_scripts::held_scripts(std::vector<aliased_script> scripts, std::vector<std::string> const& files,
                           std::vector<std::string> const& releases, std::chrono::seconds ahead)
    : scripts_(std::move(scripts)), young_(std::in_place, files, releases, ahead) {}

std::shared_ptr<held_scripts> hold(adapter::adapter& php, std::vector<aliased_script> const& scripts,
                                   std::vector<std::string> const& live, std::vector<std::string> const& releases,
                                   std::chrono::milliseconds patience) {
  if (scripts.size() > most) return nullptr;
  std::vector<std::string> paths;
  for (aliased_script const& each : scripts) paths.push_back(each.path);
  std::vector<std::string> files = paths;
  files.insert(files.end(), live.begin(), live.end());
  constexpr std::chrono::seconds more{5};
  auto const ahead = std::chrono::duration_cast<std::chrono::seconds>(patience) + more;
  auto held = std::make_shared<held_scripts>(scripts, files, releases, ahead);
  auto const call = caches::ask("deploy.hold", {{"paths", opcache::list(paths)}, {"files", opcache::list(live)}});
  return php.run(call).result.as_bool() ? held : nullptr;
}

std::string cannot_hold(std::string const& script) {
  return "Symfony Runtime includes " + script +
         " twice in a request, and its name cannot be moved in between: that takes the right to change the file's "
         "time, "
         "and opcache.file_update_protection above 0";
}

}  // namespace cachetool::releases
