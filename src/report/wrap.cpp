#include "report/wrap.hpp"

#include <algorithm>

#include "report/value_text.hpp"

namespace cachetool::report {

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines{""};
  for (std::size_t start = 0; start < text.size();) {
    std::size_t const end = std::min(text.find(' ', start), text.size());
    std::string const word(text.substr(start, end - start));
    if (lines.back().empty()) {
      lines.back() = word;
    } else if (display_width(lines.back()) + 1 + display_width(word) <= width) {
      lines.back() += " " + word;
    } else {
      lines.push_back(word);
    }
    start = end + 1;
  }
  return lines;
}

}  // namespace cachetool::report
