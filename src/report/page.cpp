#include "report/page.hpp"

#include "base/sha256.hpp"
#include "report/json_parts.hpp"
#include "report/page/page.css.hpp"
#include "report/page/page.html.hpp"
#include "report/page/page.js.hpp"
#include "report/page/part.html.hpp"

namespace cachetool::report {
namespace {

int digit(char hex) noexcept {
  return hex <= '9' ? hex - '0' : hex - 'a' + 10;
}

std::string bytes_of_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(static_cast<unsigned char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) out += base64_group(bytes.substr(i, 3));
  return out;
}

// How a Content-Security-Policy names an inline script or style that may run.
html hash_source(std::string_view text) {
  return html::markup("'sha256-" + base64(bytes_of_hex(base::sha256(text))) + "'");
}

}  // namespace

html page(std::string_view title, html const& summary, html const& parts) {
  return fill(embedded::page_html, {{"title", html::text(title)},
                                    {"style-hash", hash_source(embedded::page_css)},
                                    {"script-hash", hash_source(embedded::page_js)},
                                    {"style", html::markup(embedded::page_css)},
                                    {"script", html::markup(embedded::page_js)},
                                    {"summary", summary},
                                    {"parts", parts}});
}

html page_part(std::initializer_list<slot> slots) {
  return fill(embedded::part_html, slots);
}

}  // namespace cachetool::report
