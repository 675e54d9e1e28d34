#include "caches/opcache.hpp"

#include <utility>

#include "caches/opcache_answer.hpp"

namespace cachetool::opcache {

status read_status(adapter::adapter& php) {
  return to_status(php.run(ask("opcache.status")));
}

configuration read_configuration(adapter::adapter& php) {
  agent::answer const answer = php.run(ask("opcache.configuration"));
  php::value const& v = answer.result;
  return {from(answer), std::string(v["version"]["opcache_product_name"].as_string()),
          std::string(v["version"]["version"].as_string()), v["directives"], v["blacklist"]};
}

}  // namespace cachetool::opcache
