#include "base/text.hpp"

#include <system_error>

namespace cachetool::base {

namespace {

void append_escaped(std::string& out, unsigned char byte) {
  constexpr char digits[] = "0123456789abcdef";
  switch (byte) {
    case '\r':
      out += "\\r";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  }
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  for (char const c : text.substr(0, limit)) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      out += c;
    } else {
      append_escaped(out, byte);
    }
  }
  if (text.size() > limit) out += "...";
  return out;
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!text.empty() && text.find_first_not_of(harmless) == text.npos) return std::string(text);
  std::string out = "'";
  for (char const c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string duration_text(std::chrono::milliseconds value) {
  auto const count = value.count();
  if (count < 1000) return std::to_string(count) + " ms";
  std::string out = std::to_string(count / 1000);
  if (count % 1000 != 0) {
    std::string fraction = std::to_string(count % 1000 + 1000).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    out += "." + fraction;
  }
  return out + " s";
}

std::string counted(std::int64_t number, std::string_view thing) {
  return std::to_string(number) + " " + std::string(thing) + (number == 1 ? "" : "s");
}

std::string errno_text(int code) {
  return std::generic_category().message(code);
}

}  // namespace cachetool::base
