#include "monitor/plugin_output.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace cachetool::monitor {
namespace {

// A bar begins the figures, and a line break ends the line, for whoever reads it.
std::string on_one_line(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '|', '/');
  std::replace_if(
      out.begin(), out.end(), [](unsigned char each) { return each < 0x20 || each == 0x7F; }, ' ');
  return out;
}

// Digits and a point, in no locale.
std::string number_text(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  std::string out(text.data());
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out == "-0" ? "0" : out;
}

std::string bound(std::optional<double> const& value) {
  return value ? number_text(*value) : "";
}

// In quotes where the guidelines want them; a label holds no "=", and a quote in it is doubled.
std::string quoted(std::string label) {
  label = on_one_line(label);
  std::replace(label.begin(), label.end(), '=', '_');
  bool const is_plain =
      label.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos;
  if (is_plain) return label;
  for (std::size_t at = label.find('\''); at != std::string::npos; at = label.find('\'', at + 2))
    label.insert(at, 1, '\'');
  return "'" + label + "'";
}

std::string text_of(figure const& what, std::string const& target) {
  std::string const label = target.empty() ? what.label : target + " " + what.label;
  std::string text = quoted(label) + "=" + number_text(what.value) + std::string(what.unit) + ";" + what.warning + ";" +
                     what.critical + ";" + bound(what.lowest) + ";" + bound(what.highest);
  while (text.ends_with(';')) text.pop_back();
  return text;
}

std::string with_label(target_result const& of, std::string const& text, bool several) {
  return several ? of.label + ": " + text : text;
}

// The first of the worst, with the name of its php-fpm: whoever is woken by it sees this line alone.
std::string headline(std::vector<target_result> const& all, state how) {
  bool const several = all.size() > 1;
  for (target_result const& each : all) {
    for (alert const& one : each.alerts) {
      if (one.how == how) return with_label(each, one.message, !each.label.empty());
    }
  }
  return several ? std::to_string(all.size()) + " looked at" : all.empty() ? "nothing to look at" : all.front().summary;
}

std::string line_below(std::string const& text) {
  return "\n" + on_one_line(text);
}

std::string below(target_result const& of, bool several) {
  std::string text;
  if (several && of.alerts.empty()) text += line_below(with_label(of, "OK - " + of.summary, several));
  for (alert const& each : of.alerts) {
    std::string const hint = each.hint.empty() ? "" : "; " + each.hint;
    text += line_below(with_label(of, std::string(name(each.how)) + " - " + each.message + hint, several));
  }
  for (std::string const& each : of.remarks) text += line_below(with_label(of, each, several));
  return text;
}

int rank(state how) noexcept {
  return how == state::critical ? 3 : how == state::warning ? 2 : how == state::unknown ? 1 : 0;
}

}  // namespace

state worse(state one, state other) noexcept {
  return rank(other) > rank(one) ? other : one;
}

std::string_view name(state how) noexcept {
  constexpr std::array<std::string_view, 4> names{"OK", "WARNING", "CRITICAL", "UNKNOWN"};
  return names[static_cast<std::size_t>(how)];
}

state worst(target_result const& of) noexcept {
  state found = state::ok;
  for (alert const& each : of.alerts) found = worse(found, each.how);
  return found;
}

state worst(std::vector<target_result> const& all) noexcept {
  state found = all.empty() ? state::unknown : state::ok;
  for (target_result const& each : all) found = worse(found, worst(each));
  return found;
}

std::string plugin_text(std::string_view service, std::vector<target_result> const& all) {
  state const how = worst(all);
  bool const several = all.size() > 1;
  std::string text = std::string(service) + " " + std::string(name(how)) + " - " + on_one_line(headline(all, how));
  std::string figures;
  for (target_result const& each : all) {
    for (figure const& one : each.figures) figures += " " + text_of(one, several ? each.label : "");
  }
  if (!figures.empty()) text += " |" + figures;
  for (target_result const& each : all) text += below(each, several);
  return text + "\n";
}

std::string unknown_line(std::string_view service, std::string_view message) {
  return std::string(service) + " UNKNOWN - " + on_one_line(message) + "\n";
}

}  // namespace cachetool::monitor
