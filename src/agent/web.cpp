#include "agent/web.hpp"

#include "agent/agent.hpp"
#include "agent/sha256.hpp"
#include "agents/web.hpp"

namespace cachetool::agent {

std::string web_source(std::string_view secret) {
  constexpr std::string_view open_tag = "<?php\n";
  constexpr std::string_view placeholder = "{secret}";
  std::string source(embedded::web);
  source.replace(source.find(placeholder), placeholder.size(), sha256(secret));
  return source.append(complete().text.substr(open_tag.size()));
}

}  // namespace cachetool::agent
