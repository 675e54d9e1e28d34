#include "report/prometheus.hpp"

#include <algorithm>
#include <cmath>

#include "report/value_text.hpp"

namespace cachetool::report {
namespace {

std::string_view name_of(metric::kind type) {
  return type == metric::kind::gauge ? "gauge" : type == metric::kind::counter ? "counter" : "untyped";
}

// A label's value may be any UTF-8. Others' names may hold anything, so control bytes are made visible first.
std::string label_value(std::string_view value) {
  std::string out = "\"";
  for (char const c : escape_controls(value)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return php_float_exact(value);
}

}  // namespace

void prometheus_text::add(metric const& of, metric_labels const& labels, std::int64_t value) {
  add_sample(of, labels, std::to_string(value));
}

void prometheus_text::add(metric const& of, metric_labels const& labels, double value) {
  add_sample(of, labels, number(value));
}

void prometheus_text::add_sample(metric const& of, metric_labels const& labels, std::string_view value) {
  std::string& text = family_of(of).text;
  text += of.name;
  char before = '{';
  for (auto const& [name, content] : labels) {
    text += before;
    text.append(name).append("=").append(label_value(content));
    before = ',';
  }
  if (before == ',') text += '}';
  text.append(" ").append(value).append("\n");
}

prometheus_text::family& prometheus_text::family_of(metric const& of) {
  auto const is_it = [&of](family const& each) { return each.name == of.name; };
  auto const known = std::find_if(families_.begin(), families_.end(), is_it);
  if (known != families_.end()) return *known;
  std::string head = "# HELP ";
  head.append(of.name).append(" ").append(of.help).append("\n# TYPE ");
  head.append(of.name).append(" ").append(name_of(of.type)).append("\n");
  return families_.emplace_back(family{of.name, std::move(head)});
}

std::string prometheus_text::text() const {
  std::string out;
  for (family const& each : families_) out += each.text;
  return out;
}

}  // namespace cachetool::report
