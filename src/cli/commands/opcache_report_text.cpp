#include "cli/commands/opcache_report_sections.hpp"

#include "report/value_text.hpp"

namespace cachetool::cli {
namespace page_text {

using report::html;

html paragraph(std::string_view kind, html const& contents) {
  return html::markup("<p class=\"" + std::string(kind) + "\">") + contents + html::markup("</p>\n");
}

html number(std::int64_t value) {
  return html::text(report::grouped(value));
}

html memory(std::int64_t value) {
  return html::text(report::bytes(static_cast<double>(value)));
}

html path(std::string_view whole) {
  std::size_t const name = whole.rfind('/') + 1;  // 0 without a slash
  return html::markup("<bdi><code><span class=\"quiet\">") + html::text(whole.substr(0, name)) +
         html::markup("</span>") + html::text(whole.substr(name)) + html::markup("</code></bdi>");
}

std::string ago(std::int64_t seconds) {
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  if (seconds < 2 * minute) return "just now";
  if (seconds < 2 * hour) return std::to_string(seconds / minute) + " minutes ago";
  if (seconds < 2 * day) return std::to_string(seconds / hour) + " hours ago";
  return report::grouped(seconds / day) + " days ago";
}

html tile(std::string_view heading, html const& contents) {
  return html::markup("<div class=\"tile\">\n<h4>") + html::text(heading) + html::markup("</h4>\n") + contents +
         html::markup("</div>\n");
}

html entry(std::string_view name, html const& value) {
  return html::markup("<dt>") + html::text(name) + html::markup("</dt><dd>") + value + html::markup("</dd>\n");
}

html entries(html const& all) {
  return html::markup("<dl>\n") + all + html::markup("</dl>\n");
}

}  // namespace page_text
}  // namespace cachetool::cli
