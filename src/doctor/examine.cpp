#include "doctor/examine.hpp"

#include <limits>
#include <utility>

#include "advice/figures.hpp"
#include "caches/apcu.hpp"
#include "caches/opcache_answer.hpp"
#include "doctor/function_checks.hpp"

namespace cachetool::doctor {
namespace {

using advice::shortened;

using caches::ask;

constexpr std::string_view settings[] = {"apc.enabled",
                                         "apc.shm_size",
                                         "disable_functions",
                                         "open_basedir",
                                         "opcache.enable",
                                         "opcache.file_cache",
                                         "opcache.file_cache_only",
                                         "opcache.file_cache_read_only",
                                         "opcache.file_update_protection",
                                         "opcache.force_restart_timeout",
                                         "opcache.interned_strings_buffer",
                                         "opcache.jit",
                                         "opcache.jit_buffer_size",
                                         "opcache.max_accelerated_files",
                                         "opcache.max_wasted_percentage",
                                         "opcache.memory_consumption",
                                         "opcache.preload",
                                         "opcache.restrict_api",
                                         "opcache.revalidate_freq",
                                         "opcache.revalidate_path",
                                         "opcache.use_cwd",
                                         "opcache.validate_permission",
                                         "opcache.validate_root",
                                         "opcache.validate_timestamps",
                                         "realpath_cache_size",
                                         "realpath_cache_ttl"};

template <typename Names, typename Text>
php::value list_of(Names const& names, Text const& text) {
  php::array list;
  for (auto const& each : names) {
    list.entries.push_back({static_cast<std::int64_t>(list.entries.size()), php::value(text(each))});
  }
  return list;
}

std::string key_text(php::key const& key) {
  auto const* const name = std::get_if<std::string>(&key);
  return name == nullptr ? "" : *name;
}

fpm::directive to_line(php::value const& v) {
  auto const at = v.entries();
  if (at.size() < 3) return {};
  std::int64_t const line = at[1].item.as_int();
  bool const good = line > 0 && line <= std::numeric_limits<int>::max();
  return {std::string(at[2].item.as_string()), shortened(at[0].item.as_string()), good ? static_cast<int>(line) : 0};
}

agent::answer part_of(agent::answer const& answer, char const* name) {
  agent::answer part = answer;
  part.result = answer.result[name];
  return part;
}

std::optional<std::int64_t> to_number(php::value const& v) {
  return v.is_null() ? std::nullopt : std::optional(v.as_int());
}

facts to_facts(agent::answer const& answer) {
  php::value const& v = answer.result;
  facts out;
  out.from = caches::from(answer);
  for (php::entry const& each : v["settings"].entries()) out.settings[key_text(each.key)] = each.item.as_string();
  for (php::entry const& each : v["lines"].entries()) out.lines[key_text(each.key)] = to_line(each.item);
  for (php::entry const& each : v["missing"].entries()) out.missing.insert(std::string(each.item.as_string()));
  for (php::entry const& each : v["extensions"].entries()) {
    out.has_opcache = out.has_opcache || each.item.as_string() == "Zend OPcache";
    out.has_apcu = out.has_apcu || each.item.as_string() == "apcu";
  }
  out.ini_file = shortened(v["ini_file"].as_string());
  out.apcu_is_on = v["apcu"].is_null() ? out.has_apcu : v["apcu"].as_bool();
  out.restricted = v["restricted"].as_bool();
  out.switched_link = v["switched"].as_bool();
  if (!v["status"].is_null()) out.status = opcache::to_status(part_of(answer, "status"));
  if (!v["apcu_info"].entries().empty()) out.apcu = apcu::to_info(part_of(answer, "apcu_info"));
  if (!v["apcu_memory"].entries().empty()) out.apcu_memory = apcu::to_memory(part_of(answer, "apcu_memory"));
  out.preloaded = v["preloaded"].as_int();
  out.user = to_number(v["uid"]);
  out.path_memory = to_number(v["realpath_used"]);
  return out;
}

}  // namespace

facts examine(adapter::adapter& php, examination const& what) {
  auto const itself = [](std::string_view name) { return name; };
  auto const name = [](needed_function const& each) { return each.name; };
  php::value const functions = what.functions ? list_of(needed_functions(), name) : php::value(php::array());
  return to_facts(php.run(ask("php.examine", {{"settings", list_of(settings, itself)},
                                              {"functions", functions},
                                              {"lines", what.lines},
                                              {"strict", what.strict}})));
}

}  // namespace cachetool::doctor
