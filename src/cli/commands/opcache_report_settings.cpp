#include "cli/commands/opcache_report_sections.hpp"

#include <algorithm>
#include <array>

#include "cli/commands/opcache_directives.hpp"

namespace cachetool::cli {
namespace {

using report::html;
using html_rows = std::vector<std::vector<html>>;

struct rule_of_setting {
  std::string_view setting;
  std::string_view rule;
};

// The setting that a rule advises to change first.
constexpr std::array rules{rule_of_setting{"opcache.enable", "cache.opcache"},
                           rule_of_setting{"opcache.memory_consumption", "cache.memory"},
                           rule_of_setting{"opcache.memory_consumption", "deploy.room"},
                           rule_of_setting{"opcache.max_accelerated_files", "cache.keys"},
                           rule_of_setting{"opcache.interned_strings_buffer", "cache.strings"},
                           rule_of_setting{"opcache.max_wasted_percentage", "cache.max_wasted"},
                           rule_of_setting{"opcache.jit_buffer_size", "cache.jit"},
                           rule_of_setting{"opcache.file_cache", "deploy.file_cache"},
                           rule_of_setting{"opcache.preload", "deploy.preload"},
                           rule_of_setting{"opcache.validate_timestamps", "deploy.timestamps"},
                           rule_of_setting{"opcache.revalidate_path", "deploy.links"},
                           rule_of_setting{"opcache.use_cwd", "deploy.use_cwd"},
                           rule_of_setting{"opcache.file_update_protection", "deploy.new_files"},
                           rule_of_setting{"opcache.force_restart_timeout", "deploy.forced_restart"},
                           rule_of_setting{"opcache.validate_permission", "pool.permissions"},
                           rule_of_setting{"opcache.validate_root", "pool.roots"}};

// What was found about a setting; empty if all is well.
html advice_for(std::string_view setting, std::vector<advice::finding> const& all) {
  html out;
  for (advice::finding const& each : all) {
    bool const is_its = std::any_of(rules.begin(), rules.end(), [&](rule_of_setting const& one) {
      return one.setting == setting && one.rule == advice::id(each);
    });
    if (is_its && each.what.how != advice::level::ok) out += finding_text(each);
  }
  return out;
}

struct setting_rows {
  html_rows advised;
  html_rows changed;
  html_rows others;
};

setting_rows settings_of(reported_master const& one) {
  opcache::configuration const& of = one.configuration;
  setting_rows out;
  for (php::entry const& each : of.directives.entries()) {
    auto const* const name = std::get_if<std::string>(&each.key);
    if (name == nullptr) continue;
    directive_facts const* const known = find_directive(*name);
    std::string const value = directive_text(*name, each.item);
    std::string const initial(known == nullptr ? "" : initial_value(*known, of.from.php_version));
    html const advice = advice_for(*name, one.findings);
    auto& rows = !advice.empty() ? out.advised : known == nullptr || value != initial ? out.changed : out.others;
    rows.push_back({report::code(*name), html::text(value), html::text(initial),
                    html::text(known == nullptr ? "" : known->meaning) + advice});
  }
  return out;
}

}  // namespace

report::html setting_tables(reported_master const& one) {
  if (!one.settings_unknown.empty()) {
    return page_text::paragraph("remark", html::text("The settings are not known: " + one.settings_unknown + "."));
  }
  constexpr std::array columns{report::html_column{"Setting", "name"}, report::html_column{"Value", "value"},
                               report::html_column{"PHP's own", "value"}, report::html_column{"What it does"}};
  setting_rows const rows = settings_of(one);
  html const shown = report::html_table("Worth a look", columns, rows.advised) +
                     report::html_table("Set otherwise than PHP itself has it", columns, rows.changed);
  if (rows.others.empty()) return shown;
  return shown + html::markup("<details><summary>") + page_text::number(std::ssize(rows.others)) +
         html::markup(" are as PHP itself has them</summary>\n") +
         report::html_table("As PHP itself has it", columns, rows.others) + html::markup("</details>\n");
}

}  // namespace cachetool::cli
