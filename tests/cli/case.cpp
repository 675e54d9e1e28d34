#include "cli/case.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <stdexcept>

namespace cachetool::test {
namespace {

using nlohmann::json;

/// A text may be written as an array of lines.
std::string read_text(json const& value) {
  if (value.is_string()) return value.get<std::string>();
  std::string text;
  for (auto const& line : value) text += line.get<std::string>() + "\n";
  return text;
}

std::vector<std::string> read_list(json const& value) {
  if (value.is_string()) return {value.get<std::string>()};
  return value.get<std::vector<std::string>>();
}

bool read_stream(expectation& stream, std::string const& prefix, std::string const& key, json const& value) {
  if (key == prefix) {
    stream.text = read_text(value);
  } else if (key == prefix + "_matches") {
    stream.matches = read_list(value);
  } else if (key == prefix + "_json") {
    stream.json = value;
  } else {
    return false;
  }
  return true;
}

bool read_call(cli_case& result, std::string const& key, json const& value) {
  if (key == "name") {
    result.name = value.get<std::string>();
  } else if (key == "needs") {
    result.needs_php_fpm = value.get<std::string>() == "php-fpm";
  } else if (key == "ini") {
    result.ini = value.get<std::map<std::string, std::string>>();
  } else if (key == "args") {
    result.args = value.get<std::vector<std::string>>();
  } else if (key == "env") {
    result.environment = value.get<std::map<std::string, std::string>>();
  } else if (key == "files") {
    for (auto const& [name, text] : value.items()) result.files[name] = read_text(text);
  } else if (key == "exit") {
    result.exit_code = value.get<int>();
  } else {
    return false;
  }
  return true;
}

cli_case read_case(json const& source) {
  cli_case result;
  for (auto const& [key, value] : source.items()) {
    bool const known = read_call(result, key, value) || read_stream(result.out, "stdout", key, value) ||
                       read_stream(result.err, "stderr", key, value);
    if (!known) throw std::runtime_error("a case has the unknown field " + key);
  }
  return result;
}

std::string escape_for_regex(std::string const& text) {
  std::string result;
  for (char const c : text) {
    if (std::string_view{R"(\^$.|?*+()[]{})"}.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

placeholders escaped(placeholders values) {
  for (auto& [name, value] : values) value = escape_for_regex(value);
  return values;
}

/// Equal, where "{number}", "{string}" and "{any}" in WANTED stand for any value of that kind.
bool same_json(json const& wanted, json const& found, placeholders const& values) {
  if (wanted == "{any}") return true;
  if (wanted == "{number}") return found.is_number();
  if (wanted == "{string}") return found.is_string();
  if (wanted.is_string()) return found == fill(wanted.get<std::string>(), values);
  if (!wanted.is_structured()) return wanted == found;
  if (wanted.type() != found.type() || wanted.size() != found.size()) return false;
  if (wanted.is_array()) {
    return std::equal(wanted.begin(), wanted.end(), found.begin(),
                      [&values](json const& a, json const& b) { return same_json(a, b, values); });
  }
  auto const items = wanted.items();
  return std::all_of(items.begin(), items.end(), [&](auto const& item) {
    return found.contains(item.key()) && same_json(item.value(), found[item.key()], values);
  });
}

std::string json_difference(json const& wanted, std::string const& output, placeholders const& values) {
  auto const found = json::parse(output, nullptr, false);
  if (found.is_discarded()) return "not JSON:\n" + output;
  if (same_json(wanted, found, values)) return "";
  return "expected JSON like\n" + wanted.dump(2) + "\nbut got\n" + found.dump(2);
}

}  // namespace

std::vector<cli_case> read_cases(std::string const& directory) {
  std::vector<std::filesystem::path> paths;
  for (auto const& entry : std::filesystem::recursive_directory_iterator{directory}) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<cli_case> cases;
  for (auto const& path : paths) {
    std::ifstream in{path};
    for (auto const& source : json::parse(in)) {
      cases.push_back(read_case(source));
      cases.back().name = path.stem().string() + ": " + cases.back().name;
    }
  }
  return cases;
}

std::string fill(std::string text, placeholders const& values) {
  for (auto const& [name, value] : values) {
    auto const mark = "{" + name + "}";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

std::string difference(expectation const& wanted, std::string const& output, placeholders const& values) {
  if (wanted.json) return json_difference(*wanted.json, output, values);
  for (auto const& pattern : wanted.matches) {
    using namespace std::regex_constants;
    auto const filled = fill(pattern, escaped(values));
    if (!std::regex_search(output, std::regex{filled, ECMAScript | multiline})) {
      return "expected a match of\n" + filled + "\nbut got\n" + output;
    }
  }
  if (!wanted.matches.empty()) return "";
  auto const expected = fill(wanted.text.value_or(""), values);
  if (output == expected) return "";
  return "expected " + (expected.empty() ? "nothing" : "\n" + expected) + "\nbut got\n" + output;
}

}  // namespace cachetool::test
