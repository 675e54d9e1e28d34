#include "fpm/site_directories.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace cachetool;
using paths = std::vector<std::string>;

namespace {

fpm::pool pool_with(std::map<std::string, std::string> const& lines) {
  fpm::pool out;
  for (auto const& [name, value] : lines) out.config[name] = {value, "/etc/php/fpm/pool.d/www.conf", 1};
  return out;
}

}  // namespace

TEST_CASE("a pool's directories are those of chdir, doc_root and open_basedir, without a slash at the end") {
  auto const pool = pool_with({{"chdir", "/srv/shop"},
                               {"php_value[doc_root]", "/srv/shop/current/"},
                               {"php_admin_value[open_basedir]", "/srv/shop/:/tmp::relative:."},
                               {"php_admin_value[error_log]", "/var/log/shop.log"}});
  auto found = fpm::directories_of(pool);
  std::sort(found.begin(), found.end());
  CHECK(found == paths{"/srv/shop", "/srv/shop", "/srv/shop/current", "/tmp"});
}

TEST_CASE("its sites are those of them that are no part of the system, each once") {
  auto const pool =
      pool_with({{"chdir", "/"},
                 {"php_value[doc_root]", "/srv/shop"},
                 {"php_admin_value[open_basedir]",
                  "/srv/shop:/srv/blog:/tmp:/usr/share/php:/dev/urandom:/var/lib/php/sessions:/tmpfiles"}});
  CHECK(fpm::site_directories(pool) == paths{"/srv/blog", "/srv/shop", "/tmpfiles"});
  CHECK(fpm::site_directories(fpm::pool{}).empty());
}
