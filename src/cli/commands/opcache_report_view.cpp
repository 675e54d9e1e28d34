#include "cli/commands/opcache_report_view.hpp"

#include "base/text.hpp"
#include "cli/commands/opcache_report_sections.hpp"
#include "report/page.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

using report::html;

// A section that is left out where there is nothing in it.
html section(std::string_view heading, html const& contents) {
  if (contents.empty()) return {};
  return html::markup("<section>\n<h3>") + html::text(heading) + html::markup("</h3>\n") + contents +
         html::markup("</section>\n");
}

std::string name_of(reported_master const& one) {
  std::string const& pool = one.status.from.pool;
  return one.label + (pool.empty() ? "" : ", pool " + pool);
}

html origin_text(reported_master const& one) {
  std::string const state = !one.status.enabled     ? "OPcache is off here"
                            : one.status.cache_full ? "the cache is full"
                                                    : "OPcache is on";
  return html::text("PHP " + one.status.from.php_version + ", " +
                    base::counted(std::ssize(one.scripts), "cached script") + ", " + state +
                    (one.status.restart_pending ? ", and a restart is pending" : "") + ". Read " +
                    report::date(one.time) + ".");
}

html part_of(reported_master const& one, std::string const& id) {
  return report::page_part({{"id", html::markup(id)},
                            {"name", html::text(name_of(one))},
                            {"origin", origin_text(one)},
                            {"findings", finding_section(one.findings)},
                            {"figures", figure_tiles(one)},
                            {"history", section("Over time", history_chart(one))},
                            {"scripts", html::markup(report::json_in_script(report::script_tree(one.scripts)))},
                            {"lists", script_lists(one.scripts)},
                            {"releases", section("The same scripts several times", release_tables(one.scripts))},
                            {"pools", section("Pools and workers", pool_tables(one))},
                            {"settings", setting_tables(one)}});
}

std::string id_of(std::size_t index) {
  return "php-fpm-" + std::to_string(index + 1);
}

// The way to each part, where there are several.
html summary_of(std::vector<reported_master> const& masters) {
  if (masters.size() == 1) return {};
  html out = html::markup("<nav aria-label=\"Each php-fpm\"><ol>\n");
  for (std::size_t i = 0; i < masters.size(); ++i) {
    out += html::markup("<li><a href=\"#" + id_of(i) + "\">") + html::text(name_of(masters[i])) +
           html::markup("</a></li>\n");
  }
  return out += html::markup("</ol></nav>\n");
}

}  // namespace

std::string report_page(std::vector<reported_master> const& masters) {
  html parts;
  for (std::size_t i = 0; i < masters.size(); ++i) parts += part_of(masters[i], id_of(i));
  std::string const whom = masters.size() == 1 ? name_of(masters.front()) : std::to_string(masters.size()) + " php-fpm";
  return report::page("OPcache report: " + whom, summary_of(masters), parts).str();
}

}  // namespace cachetool::cli
