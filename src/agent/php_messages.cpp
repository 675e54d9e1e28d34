#include "agent/php_messages.hpp"

namespace cachetool::php_messages {
namespace {

bool says(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

// The text after `part`; nothing if `part` is not in it.
std::optional<std::string_view> after(std::string_view text, std::string_view part) noexcept {
  std::size_t const start = text.find(part);
  if (start == std::string_view::npos) return std::nullopt;
  return text.substr(start + part.size());
}

}  // namespace

bool is_out_of_memory(std::string_view text) noexcept {
  return says(text, "Allowed memory size");
}

std::optional<std::string> undefined_function(std::string_view text) {
  auto const name = after(text, "Call to undefined function cachetool\\");
  if (!name) return std::nullopt;
  std::string_view const bounded = name->substr(0, 64);
  return std::string(bounded.substr(0, bounded.find('(')));
}

bool is_about_open_basedir(std::string_view text) noexcept {
  return says(text, "open_basedir restriction in effect");
}

std::string_view allowed_paths(std::string_view text) noexcept {
  auto const list = after(text, "allowed path(s): (");
  return list ? list->substr(0, list->find(')')) : std::string_view();
}

bool is_about_a_missing_file(std::string_view text) noexcept {
  return says(text, "No such file");
}

bool is_about_limit_extensions(std::string_view text) noexcept {
  return says(text, "security.limit_extensions");
}

bool is_file_not_found_page(std::string_view body) noexcept {
  return body.starts_with("File not found");
}

bool is_no_input_page(std::string_view body) noexcept {
  return body.starts_with("No input file");
}

bool is_access_denied_page(std::string_view body) noexcept {
  return body.starts_with("Access denied");
}

bool is_evaluated_code(std::string_view file) noexcept {
  return file.ends_with(" : eval()'d code");
}

}  // namespace cachetool::php_messages
