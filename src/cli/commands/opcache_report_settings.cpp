#include "cli/commands/opcache_report_sections.hpp"

#include <array>

#include "cli/commands/opcache_directives.hpp"

namespace cachetool::cli {
namespace {

using report::html;
using html_rows = std::vector<std::vector<html>>;

struct setting_rows {
  html_rows changed;
  html_rows others;
};

setting_rows settings_of(opcache::configuration const& of) {
  setting_rows out;
  for (php::entry const& each : of.directives.entries()) {
    auto const* const name = std::get_if<std::string>(&each.key);
    if (name == nullptr) continue;
    directive_facts const* const known = find_directive(*name);
    std::string const value = directive_text(*name, each.item);
    std::string const initial(known == nullptr ? "" : initial_value(*known, of.from.php_version));
    auto& rows = known == nullptr || value != initial ? out.changed : out.others;
    rows.push_back({report::code(*name), html::text(value), html::text(initial),
                    html::text(known == nullptr ? "" : known->meaning)});
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
  setting_rows const rows = settings_of(one.configuration);
  html const changed = rows.changed.empty()
                           ? page_text::paragraph("remark", html::markup("All are as PHP itself has them."))
                           : report::html_table("Set otherwise than PHP itself has it", columns, rows.changed);
  if (rows.others.empty()) return changed;
  return changed + html::markup("<details><summary>") + page_text::number(std::ssize(rows.others)) +
         html::markup(" more are as PHP itself has them</summary>\n") +
         report::html_table("As PHP itself has it", columns, rows.others) + html::markup("</details>\n");
}

}  // namespace cachetool::cli
