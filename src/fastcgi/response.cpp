#include <algorithm>
#include <charconv>
#include <optional>

#include <cachetool/fastcgi/response.hpp>

namespace cachetool::fastcgi {

namespace {

constexpr std::size_t max_head = std::size_t{64} << 10;

// Not std::tolower: header names are ASCII in every locale.
char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::string_view trimmed(std::string_view text) {
  auto const first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The three digits at the beginning of "404 Not Found".
std::optional<int> status_code(std::string_view text) {
  int code = 0;
  auto const [end, result] = std::from_chars(text.data(), text.data() + text.size(), code);
  if (result != std::errc() || end - text.data() != 3 || code < 100) return std::nullopt;
  return code;
}

/// False if the line is not "Name: value".
bool take_header(std::string_view line, response& out) {
  auto const colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  auto const name = line.substr(0, colon);
  auto const value = trimmed(line.substr(colon + 1));
  out.headers.emplace_back(name, value);
  if (same_name(name, "Status")) {
    out.status_line = value;
    out.status = status_code(value).value_or(out.status);
  }
  return true;
}

}  // namespace

std::string_view response::header(std::string_view wanted) const noexcept {
  for (auto const& [name, value] : headers) {
    if (same_name(name, wanted)) return value;
  }
  return {};
}

std::string_view cgi_parser::feed(std::string_view data, response& out) {
  if (in_body_) return data;
  while (!failed_ && !data.empty()) {
    auto const newline = data.find('\n');
    auto const part = data.substr(0, newline == std::string_view::npos ? newline : newline + 1);
    head_size_ += part.size();
    failed_ = head_size_ > max_head;
    if (failed_) break;
    line_ += part;
    data.remove_prefix(part.size());
    if (newline == std::string_view::npos) break;
    if (take_line(out)) {
      if (line_.empty()) return data;
      line_ += data;
      return line_;
    }
  }
  return {};
}

std::string_view cgi_parser::finish(response& out) {
  if (in_body_ || failed_ || line_.empty()) return {};
  take_line(out);
  return line_;
}

/// Handles the line that is complete. True if the body begins: line_ then holds its first part.
bool cgi_parser::take_line(response& out) {
  auto const line = without_line_end(line_);
  bool const is_first = line_.size() == head_size_;
  if (!line.empty() && !take_header(line, out) && is_first) {
    in_body_ = true;
    return true;
  }
  in_body_ = line.empty();
  line_.clear();
  return in_body_;
}

}  // namespace cachetool::fastcgi
