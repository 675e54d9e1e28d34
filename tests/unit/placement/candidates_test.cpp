#include "placement/candidates.hpp"

#include "support/catch.hpp"

using namespace cachetool;
using placement::candidate;

namespace {

std::vector<std::string> paths(std::vector<candidate> const& places) {
  std::vector<std::string> all;
  for (candidate const& each : places) all.push_back(each.where);
  return all;
}

std::vector<candidate> directories(std::vector<std::string> const& all) {
  std::vector<candidate> places;
  for (std::string const& each : all) places.push_back({candidate::kind::temporary, each});
  return places;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("open_basedir allows a directory and what lies in it, by whole components") {
  auto const places = directories({"/dev/shm", "/tmp", "/tmp2", "/tmp/a"});
  CHECK(paths(placement::inside(places, {"/srv", "/tmp"})) == list{"/tmp", "/tmp/a"});
  CHECK(paths(placement::inside(places, {"/tmp/"})) == list{"/tmp/a"});
  CHECK(placement::inside(places, {}).empty());
}

TEST_CASE("opcache.restrict_api demands a plain prefix of a script's path") {
  auto const places = directories({"/srv/app", "/srv/app2", "/srv", "/tmp"});
  CHECK(paths(placement::beginning_with(places, "/srv/app")) == list{"/srv/app", "/srv/app2"});
  CHECK(paths(placement::beginning_with(places, "/srv/app/")) == list{"/srv/app"});
  std::vector<candidate> const installed{{candidate::kind::installed, "/srv/app"}};
  CHECK(placement::beginning_with(installed, "/srv/app/").empty());
  CHECK(placement::beginning_with(installed, "/srv/a").size() == 1);
}

TEST_CASE("the directories that PHP names become places") {
  auto const places = placement::told_places({"/srv/www/", "/tmp", "/srv/a/../b"});
  CHECK(paths(places) == list{"/srv/www", "/tmp", "/srv/b"});
  CHECK(places.front().from == candidate::origin::told);
}

TEST_CASE("php-fpm cannot talk anybody into making files where the system reads them") {
  CHECK(placement::told_places({"/", "/etc", "/etc/cron.d", "/srv/../etc", "/run/x", "/proc/self", "/dev", "relative",
                                "", "/root/.ssh", "/lib32/x", "/libx32", "/dev/mqueue", "/var", "/var/spool/cron"})
            .empty());
  CHECK(paths(placement::told_places({"/etcetera", "/dev/shm"})) == list{"/etcetera", "/dev/shm"});
}

TEST_CASE("of what PHP names no more than a few are taken") {
  list many;
  for (int i = 0; i < 1000; ++i) many.push_back("/srv/" + std::to_string(i));
  CHECK(placement::told_places(many).size() == 16);
}
