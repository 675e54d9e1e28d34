#include "report/html.hpp"

#include <algorithm>
#include <stdexcept>

#include "report/value_text.hpp"

namespace cachetool::report {
namespace {

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

std::string entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char const c : text) {
    std::string_view const escaped = entity(c);
    escaped.empty() ? out += c : out += escaped;
  }
  return out;
}

html const& filler_of(std::string_view name, std::initializer_list<slot> slots) {
  auto const* const found =
      std::find_if(slots.begin(), slots.end(), [&](slot const& each) { return each.name == name; });
  if (found == slots.end()) throw std::logic_error("nobody fills {{" + std::string(name) + "}}");
  return found->value;
}

html cell(std::string_view tag, std::string_view kind, html const& contents) {
  std::string const which = kind.empty() ? "" : " class=\"" + std::string(kind) + "\"";
  return html::markup("<" + std::string(tag) + which + ">") + contents +
         html::markup("</" + std::string(tag.substr(0, 2)) + ">");
}

html row_of(std::span<html_column const> columns, std::vector<html> const& cells) {
  html out = html::markup("<tr>");
  for (std::size_t i = 0; i < std::min(cells.size(), columns.size()); ++i) {
    out += cell("td", columns[i].kind, cells[i]);
  }
  return out += html::markup("</tr>\n");
}

}  // namespace

html html::text(std::string_view what) {
  html out;
  out.text_ = entities(escape_controls(what));
  return out;
}

html html::markup(std::string_view ours) {
  html out;
  out.text_ = ours;
  return out;
}

html& html::operator+=(html const& more) {
  text_ += more.text_;
  return *this;
}

html fill(std::string_view shape, std::initializer_list<slot> slots) {
  html out;
  while (true) {
    std::size_t const begin = shape.find("{{");
    out += html::markup(shape.substr(0, begin));
    if (begin == std::string_view::npos) return out;
    std::size_t const end = shape.find("}}", begin);
    if (end == std::string_view::npos) throw std::logic_error("a slot of a template has no end");
    out += filler_of(shape.substr(begin + 2, end - begin - 2), slots);
    shape.remove_prefix(end + 2);
  }
}

html html_table(std::string_view caption, std::span<html_column const> columns,
                std::vector<std::vector<html>> const& rows) {
  if (rows.empty()) return {};
  html out = html::markup("<div class=\"wide\"><table>\n<caption>") + html::text(caption) +
             html::markup("</caption>\n<thead><tr>");
  for (html_column const& each : columns) out += cell("th scope=\"col\"", each.kind, html::text(each.heading));
  out += html::markup("</tr></thead>\n<tbody>\n");
  for (auto const& cells : rows) out += row_of(columns, cells);
  return out += html::markup("</tbody></table></div>\n");
}

html code(std::string_view what) {
  return html::markup("<code>") + html::text(what) + html::markup("</code>");
}

}  // namespace cachetool::report
