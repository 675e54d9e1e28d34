#include "docs/command_lines.hpp"

#include <regex>
#include <string_view>

#include "docs/documents.hpp"

namespace test {

namespace {

/// What ends a command for the shell, if it stands at the beginning of a word.
bool ends_a_command(std::string_view word) {
  for (char const* const end : {"|", "&&", ">", "#", "2>", "\\"}) {
    if (word.starts_with(end)) return true;
  }
  return false;
}

/// Where a command line ends: for the shell, or in the language that it is written in, whose quote closes behind a
/// word.
std::size_t end_of_command(std::string_view text) {
  char quote = 0;
  char before = ' ';
  for (std::size_t at = 0; at < text.size(); ++at) {
    char const c = text[at];
    bool const is_quote = c == '"' || c == '\'';
    bool const opens = is_quote && (before == ' ' || before == '=');
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (opens) {
      quote = c;
    } else if (is_quote || c == ';' || c == ')' || (before == ' ' && ends_a_command(text.substr(at)))) {
      return at;
    }
    before = c;
  }
  return text.size();
}

std::string without_brackets(std::string const& word) {
  if (!word.starts_with('[') || !word.ends_with(']')) return word;
  std::string const inner = word.substr(1, word.size() - 2);
  return inner.starts_with('-') ? inner.substr(0, inner.find('|')) : "";
}

/// What follows "cachetool" in each list of YAML or JSON: [cachetool, doctor, -q].
std::vector<std::string> listed_command_lines_in(std::string const& text) {
  static std::regex const list(R"re(\[ *"?(?:[a-z/]*/)?cachetool"?, *([^\]]+)\])re");
  std::vector<std::string> lines;
  for (std::sregex_iterator at(text.begin(), text.end(), list), end; at != end; ++at) {
    std::string words = (*at)[1];
    std::erase_if(words, [](char c) { return c == '"' || c == ','; });
    lines.push_back(words.substr(0, words.find_last_not_of(' ') + 1));
  }
  return lines;
}

}  // namespace

std::vector<std::string> command_lines_in(std::string const& text) {
  // Not in "namespace :cachetool do", "find_package(cachetool 11)", "COPY /usr/bin/cachetool /usr/bin" and the like.
  static std::regex const program(R"((^|[ '",/]|\$\()cachetool(\.phar)? +(?![ /]|cachetool))");
  std::vector<std::string> lines = listed_command_lines_in(text);
  for (std::sregex_iterator at(text.begin(), text.end(), program), end; at != end; ++at) {
    bool const names_an_image = at->prefix().str().ends_with("-t");
    std::string rest = at->suffix();
    rest.resize(end_of_command(rest));
    rest.resize(rest.find_last_not_of(' ') + 1);
    if (!rest.empty() && !names_an_image) lines.push_back(rest);
  }
  return lines;
}

std::vector<std::string> code_in_sentences_of(std::filesystem::path const& document) {
  static std::regex const span("`([^`]+)`");
  std::vector<std::string> code;
  for (std::string const& line : prose_of(document)) {
    for (std::sregex_iterator at(line.begin(), line.end(), span), end; at != end; ++at) code.push_back((*at)[1]);
  }
  return code;
}

std::vector<std::string> command_lines_of(std::filesystem::path const& document) {
  std::vector<std::string> lines;
  for (auto const& code : {blocks_of(document), code_in_sentences_of(document)}) {
    for (std::string const& text : code) {
      for (std::string& line : command_lines_in(text)) lines.push_back(std::move(line));
    }
  }
  return lines;
}

std::vector<std::string> words_of(std::string const& command_line) {
  static std::regex const placeholder(R"(\{\{ *(\w+) *\}\})");
  std::vector<std::string> words{""};
  char quote = 0;
  for (char const c : std::regex_replace(command_line, placeholder, "$1")) {
    bool const opens = quote == 0 && (c == '\'' || c == '"');
    if (opens || c == quote) {
      quote = opens ? c : char{0};
    } else if (c == ' ' && quote == 0) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  for (std::string& word : words) word = without_brackets(word);
  std::erase(words, "");
  std::erase(words, "$php");  // an option, in the recipe that has such a variable
  return words;
}

}  // namespace test
