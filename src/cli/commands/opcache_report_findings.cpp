#include "cli/commands/opcache_report_sections.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace cachetool::cli {
namespace {

using report::html;

std::string_view level_word(advice::level how) {
  switch (how) {
    case advice::level::failure:
      return "Broken:";
    case advice::level::warning:
      return "Change:";
    case advice::level::note:
      return "To know:";
    case advice::level::ok:
      break;
  }
  return "Fine:";
}

html finding_item(advice::finding const& each) {
  return html::markup("<li class=\"" + std::string(advice::name(each.what.how)) + "\">") + finding_text(each) +
         html::markup("</li>\n");
}

html finding_list(std::vector<advice::finding const*> const& findings) {
  html out = html::markup("<ul class=\"findings\">\n");
  for (auto const* const each : findings) out += finding_item(*each);
  return out += html::markup("</ul>\n");
}

// The worst first.
std::vector<advice::finding const*> those_to_read(std::vector<advice::finding> const& all) {
  std::vector<advice::finding const*> out;
  for (auto const& each : all) {
    if (each.what.how != advice::level::ok) out.push_back(&each);
  }
  std::stable_sort(out.begin(), out.end(), [](auto const* a, auto const* b) { return a->what.how > b->what.how; });
  return out;
}

html good_findings(std::vector<advice::finding> const& all) {
  std::vector<advice::finding const*> good;
  for (auto const& each : all) {
    if (each.what.how == advice::level::ok) good.push_back(&each);
  }
  if (good.empty()) return {};
  return html::markup("<details><summary>") +
         html::text(base::counted(std::ssize(good), "check") + " found nothing to change") +
         html::markup("</summary>\n") + finding_list(good) + html::markup("</details>\n");
}

}  // namespace

html finding_text(advice::finding const& each) {
  html const message = html::markup("<p><span class=\"level\">") + html::text(level_word(each.what.how)) +
                       html::markup("</span>") + html::text(each.what.message) + html::markup("</p>");
  if (each.what.hint.empty()) return message;
  return message + page_text::paragraph("remedy", html::markup("What to do: ") + html::text(each.what.hint));
}

report::html finding_section(std::vector<advice::finding> const& all) {
  auto const bad = those_to_read(all);
  html const list = bad.empty()
                        ? page_text::paragraph("all-well", html::markup("Nothing. No check found anything to change."))
                        : finding_list(bad);
  return list + good_findings(all);
}

}  // namespace cachetool::cli
