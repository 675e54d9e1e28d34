#include "agent/web.hpp"

#include "agent/agent.hpp"
#include "agents/web.hpp"
#include "base/sha256.hpp"

namespace cachetool::agent {
namespace {

void fill_in(std::string& source, std::string_view placeholder, std::string_view text) {
  source.replace(source.find(placeholder), placeholder.size(), text);
}

}  // namespace

std::string web_source(std::string_view secret, std::string_view operation, std::string_view arguments) {
  constexpr std::string_view open_tag = "<?php\n";
  std::string source(embedded::web.text);
  fill_in(source, "{digest}", base::sha256(std::string(secret).append("\n").append(arguments)));
  fill_in(source, "{operation}", operation);
  return source.append(source_for(operation).text.substr(open_tag.size()));
}

}  // namespace cachetool::agent
