#include "caches/eval.hpp"

#include <algorithm>

#include "caches/ask.hpp"

namespace cachetool::caches {
namespace {

constexpr std::string_view open_tag = "<?php";

bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool begins_with_open_tag(std::string_view text) noexcept {
  return text.starts_with(open_tag) && (text.size() == open_tag.size() || is_space(text[open_tag.size()]));
}

}  // namespace

evaluated evaluate(adapter::adapter& php, evaluation const& what) {
  agent::call call = ask("php.eval", {{"code", what.code}, {"format", what.format}});
  call.idempotent = false;
  call.timeout = what.timeout;
  call.printed = what.printed;
  agent::answer answer = php.run(call);
  php::value const& result = answer.result;
  if (result.has("formless")) {
    throw error(error_kind::php_error, "what the code returned cannot be shown as " + what.format + ": " +
                                           std::string(result["formless"].as_string()))
        .on(php.label())
        .advise("try --format=var_export");
  }
  evaluated out;
  out.from = from(answer);
  out.exited = result["exited"].as_bool();
  out.returned_null = result["null"].as_bool();
  if (result.has("text")) out.text = result["text"].as_string();
  out.value = result["value"];
  out.warnings = std::move(answer.notes);
  return out;
}

std::string code_of_file(std::string_view text) {
  std::string first_line;
  if (text.starts_with("#!")) {
    text.remove_prefix(std::min(text.find('\n'), text.size()));
    if (!text.empty()) text.remove_prefix(1);
    first_line = "\n";  // so that PHP counts lines as the file has them
  }
  if (begins_with_open_tag(text)) return first_line.append(text.substr(open_tag.size()));
  bool const has_tag = text.find(open_tag) != text.npos || text.find("<?=") != text.npos;
  return first_line.append(has_tag ? "?>" : "").append(text);
}

}  // namespace cachetool::caches
