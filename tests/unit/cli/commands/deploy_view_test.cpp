#include "cli/commands/deploy_view.hpp"

#include "support/catch.hpp"

using namespace cachetool;

TEST_CASE("what is to be typed of a finished deployment is quoted for the shell where a path needs it") {
  CHECK(cli::leftover_text({"/srv/releases/1", 2}, "/x/$(touch /tmp/pwned)") ==
        "kept in the cache, for a rollback: 2 scripts of /srv/releases/1; to forget them: cachetool opcache:prune "
        "--keep='/x/$(touch /tmp/pwned)'");
  CHECK(cli::left_alone_text("/x/$(touch /tmp/pwned)").ends_with("--old='/x/$(touch /tmp/pwned)'"));
}

TEST_CASE("a path of plain letters stands as it is in what is to be typed of a finished deployment") {
  CHECK(cli::leftover_text({"/srv/releases/1", 1}, "/srv/current").ends_with("opcache:prune --keep=/srv/current"));
  CHECK(cli::left_alone_text("/srv/releases/1").ends_with("--old=/srv/releases/1"));
}
