#include "report/read_json.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

#include "base/floating.hpp"

namespace cachetool::report {
namespace {

void append_utf8(std::string& to, std::uint32_t code) {
  auto const byte = [](std::uint32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
  if (code < 0x80) {
    to += byte(code);
  } else if (code < 0x800) {
    to += {byte(0xC0 | (code >> 6)), byte(0x80 | (code & 0x3F))};
  } else {
    to += {byte(0xE0 | (code >> 12)), byte(0x80 | ((code >> 6) & 0x3F)), byte(0x80 | (code & 0x3F))};
  }
}

/// Reads from the beginning of a text; each function is false where the text is not as it should be.
class json_reader {
 public:
  explicit json_reader(std::string_view text) : rest_(text) {}

  std::optional<php::value> read() {
    php::value out;
    bool const good = take_value(out, 0);
    skip_space();
    return good && rest_.empty() ? std::optional(std::move(out)) : std::nullopt;
  }

 private:
  static constexpr int most_levels = 16;

  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  bool take(std::string_view what) {
    skip_space();
    if (!rest_.starts_with(what)) return false;
    rest_.remove_prefix(what.size());
    return true;
  }

  bool take_value(php::value& into, int level) {
    if (level > most_levels) return false;
    if (take("null")) return true;
    if (take("true")) return into = true, true;
    if (take("false")) return into = false, true;
    if (take("{")) return take_members(into, level);
    if (take("[")) return take_items(into, level);
    if (!rest_.starts_with('"')) return take_number(into);
    std::string text;
    if (!take_string(text)) return false;
    into = php::value(std::move(text));
    return true;
  }

  bool take_members(php::value& into, int level) {
    php::array out;
    if (!take("}")) {
      do {
        std::string name;
        php::value item;
        if (!take_string(name) || !take(":") || !take_value(item, level + 1)) return false;
        out.entries.push_back({std::move(name), std::move(item)});
      } while (take(","));
      if (!take("}")) return false;
    }
    into = php::value(std::move(out));
    return true;
  }

  bool take_items(php::value& into, int level) {
    php::array out;
    if (!take("]")) {
      do {
        php::value item;
        if (!take_value(item, level + 1)) return false;
        out.entries.push_back({static_cast<std::int64_t>(out.entries.size()), std::move(item)});
      } while (take(","));
      if (!take("]")) return false;
    }
    into = php::value(std::move(out));
    return true;
  }

  bool take_number(php::value& into) {
    std::string_view const text = rest_.substr(0, rest_.find_first_not_of("+-.0123456789eE"));
    char const* const end = text.data() + text.size();
    rest_.remove_prefix(text.size());
    std::int64_t whole = 0;
    auto const [stop, failed] = std::from_chars(text.data(), end, whole);
    if (failed == std::errc() && stop == end) return into = whole, true;
    double number = 0;
    if (!base::read_double(text, number)) return false;
    return into = number, true;
  }

  bool take_string(std::string& into) {
    if (!take("\"")) return false;
    while (!rest_.empty() && rest_.front() != '"') {
      if (static_cast<unsigned char>(rest_.front()) < 0x20) return false;
      if (rest_.front() == '\\') {
        if (!take_escape(into)) return false;
      } else {
        into += rest_.front();
        rest_.remove_prefix(1);
      }
    }
    return take("\"");
  }

  bool take_escape(std::string& into) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (rest_.size() < 2) return false;
    char const letter = rest_[1];
    rest_.remove_prefix(2);
    if (letter == 'u') return take_code(into);
    std::size_t const at = letters.find(letter);
    if (at == std::string_view::npos) return false;
    into += meanings[at];
    return true;
  }

  // What this program writes has no pairs of surrogates: json_quote() leaves such characters as they are.
  bool take_code(std::string& into) {
    std::uint32_t code = 0;
    if (rest_.size() < 4) return false;
    auto const [stop, failed] = std::from_chars(rest_.data(), rest_.data() + 4, code, 16);
    if (failed != std::errc() || stop != rest_.data() + 4 || (code >= 0xD800 && code < 0xE000)) return false;
    append_utf8(into, code);
    rest_.remove_prefix(4);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<php::value> read_json(std::string_view text) {
  return json_reader(text).read();
}

}  // namespace cachetool::report
