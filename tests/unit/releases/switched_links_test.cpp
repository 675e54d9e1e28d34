#include "releases/switched_links.hpp"

#include <thread>

#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using test::named;

namespace {

using paths = std::vector<std::string>;

php::value list(std::vector<php::value> const& items) {
  php::array out;
  for (php::value const& item : items) out.entries.push_back({std::int64_t(out.entries.size()), item});
  return out;
}

/// A pool with one worker, which sees the link /srv/current.
class pool {
 public:
  php::value remembered = php::array{};
  php::value links = list({list({"/srv/current", "/srv/releases/2", "/srv/releases/2"})});
  php::value names = php::array{};
  php::value hidden = php::array{};
  std::string cut;
  std::int64_t scripts = 10;
  bool has_cache = true;
  std::string root;
  php::value pools = list({"www"});  ///< of its master
  std::optional<error> broken;       ///< what becomes of the request for links
  int asked = 0;                     ///< for links
  std::chrono::milliseconds slow{0};
  std::vector<std::size_t> at_once;
  std::int64_t parts = 1;  ///< of the names
  std::vector<std::int64_t> asked_parts;

  test::fake_adapter php{[this](agent::call const& call) { return answer(call); }};

 private:
  agent::answer answer(agent::call const& call) {
    agent::answer out;
    out.pid = 7;
    out.pool = "www";
    if (call.operation == "site.remembered") {
      out.result = remembered;
    } else if (call.operation == "site.place") {
      out.result = named({{"root", root}, {"pools", pools}});
    } else if (call.operation == "stat.workers") {
      out.result = list({7});
    } else if (call.operation == "site.links") {
      ++asked;
      if (broken) throw error(*broken);
      std::this_thread::sleep_for(slow);
      out.result = named({{"listed", has_cache},
                          {"links", links},
                          {"hidden", hidden},
                          {"cut", cut},
                          {"opcache_statistics", named({{"num_cached_scripts", scripts}})}});
    } else {
      at_once.push_back(call.arguments["links"].entries().size());
      asked_parts.push_back(call.arguments["part"].as_int());
      out.result = named({{"listed", true}, {"names", names}, {"parts", parts}});
    }
    return out;
  }
};

releases::known_links find(std::vector<pool*> const& pools) {
  std::vector<adapter::adapter*> all;
  for (pool* each : pools) all.push_back(&each->php);
  return releases::find_switched_links(all, std::chrono::seconds(5));
}

error_kind failure_of(pool& of) {
  try {
    static_cast<void>(find({&of}));
  } catch (error const& failed) {
    return failed.kind();
  }
  FAIL("it found links");
  return error_kind::usage;
}

}  // namespace

TEST_CASE("a link that a worker remembers to lead elsewhere was switched, and who remembers it is told") {
  pool one;
  one.remembered = named({{"/srv/current", "/srv/releases/1"}});
  auto const found = find({&one});
  REQUIRE(found.switched.size() == 1);
  CHECK(found.switched[0].before == paths{"/srv/releases/1"});
  CHECK(found.switched[0].seen.at("/srv/releases/1").workers == std::vector<std::int64_t>{7});
  CHECK(found.workers == 1);
  CHECK_FALSE(found.why_not_all);
}

TEST_CASE("a link below which names lead elsewhere was switched, though every worker knows where it leads") {
  pool one;
  one.remembered = named({{"/srv/current", "/srv/releases/2"}});
  one.names = named({{"/srv/current", named({{"/opt/app-1", list({3, "/srv/current/a.php"})}})}});
  auto const found = find({&one});
  REQUIRE(found.switched.size() == 1);
  CHECK(found.switched[0].before == paths{"/opt/app-1"});
  CHECK(found.switched[0].seen.at("/opt/app-1").names == 3);
  CHECK(found.switched[0].seen.at("/opt/app-1").name == "/srv/current/a.php");
}

TEST_CASE("a link that leads where everybody knows is one of the others") {
  pool one;
  one.remembered = named({{"/srv/current", "/srv/releases/2"}});
  CHECK(find({&one}).switched.empty());
  CHECK(find({&one}).others.size() == 1);
}

TEST_CASE("what PHP or a worker has cut off is a reason why this may not be everything") {
  pool one;
  one.remembered = named({{"/srv/current", "/srv/releases/1"}, {"cut", "1000 links"}});
  CHECK(find({&one}).why_not_all == "a worker remembers more than 1000 links");
  CHECK(find({&one}).switched.size() == 1);
  one.remembered = php::array{};
  one.cut = "20000 directories";
  CHECK(find({&one}).why_not_all == "around the cached scripts there are more than 20000 directories");
}

TEST_CASE("a link that is a directory by now is a reason why this may not be everything") {
  pool one;
  one.remembered = named({{"/srv/current", "/srv/releases/1"}});
  one.links = list({list({"/srv/current", "/srv/current", "/srv/current"})});
  auto const found = find({&one});
  CHECK(found.switched.empty());
  CHECK(found.why_not_all == "/srv/current is a directory now, and was a link to /srv/releases/1");
}

TEST_CASE("a link that leads nowhere is a reason why this may not be everything, if it led to something before") {
  pool one;
  one.links = list({list({"/srv/current", "", ""})});
  CHECK_FALSE(find({&one}).why_not_all);
  CHECK(find({&one}).others.empty());
  one.remembered = named({{"/srv/current", "/srv/releases/1"}});
  CHECK(find({&one}).switched.empty());
  CHECK(find({&one}).why_not_all == "/srv/current leads nowhere now, and led to /srv/releases/1");
  one.remembered = php::array{};
  one.names = named({{"/srv/current", named({{"/opt/app-1", list({3, "/srv/current/a.php"})}})}});
  CHECK(find({&one}).why_not_all == "/srv/current leads nowhere now, and led to /opt/app-1");
}

TEST_CASE("what leads nowhere for one pool may lead somewhere for another, which may look there") {
  pool first;
  first.links = list({list({"/srv/current", "", ""})});
  first.remembered = named({{"/srv/current", "/srv/releases/1"}});
  pool second;
  second.remembered = first.remembered;
  auto const found = find({&first, &second});
  CHECK_FALSE(found.why_not_all);
  REQUIRE(found.switched.size() == 1);
  CHECK(found.switched[0].pool == 1);
  second.links = first.links;
  CHECK(find({&first, &second}).why_not_all == "/srv/current leads nowhere now, and led to /srv/releases/1");
}

TEST_CASE("what leads nowhere below another link, or in a release that was left, does not count") {
  pool one;
  std::string const gone = GENERATE("/srv/current/storage", "/srv/releases/1/storage");
  one.links = list({list({"/srv/current", "/srv/releases/2", "/srv/releases/2"}), list({gone, "", ""})});
  one.remembered = named({{"/srv/current", "/srv/releases/1"}, {gone.c_str(), "/srv/shared/storage"}});
  CHECK_FALSE(find({&one}).why_not_all);
  CHECK(find({&one}).switched.size() == 1);
}

TEST_CASE("another pool is asked only for what the first does not see, and tells what it sees of that") {
  pool first;
  pool second;
  static_cast<void>(find({&first, &second}));
  CHECK(second.asked == 0);
  first.hidden = list({"/app", "/app/releases/1"});
  second.hidden = list({"/app"});
  second.links = list({list({"/app/current", "/app/releases/2", "/app/releases/2"})});
  second.remembered = named({{"/app/current", "/app/releases/1"}});
  auto const found = find({&first, &second});
  CHECK(second.asked == 1);
  REQUIRE(found.switched.size() == 1);
  CHECK(found.switched[0].path == "/app/current");
  CHECK(found.switched[0].pool == 1);
  CHECK(found.seen_by.at(1) == std::set<std::string>{"/app/releases/1"});
}

TEST_CASE("a pool of the same master that was not named is a reason, and so is it if nobody tells which there are") {
  pool one;
  one.pools = list({"www", "other"});
  CHECK(find({&one}).why_not_all == "this php-fpm has 2 pools, and only 1 of them could be asked");
  one.pools = php::array{};
  CHECK(find({&one}).why_not_all == "nobody tells which pools this php-fpm has");
}

TEST_CASE("another pool that cannot be asked is a reason why this may not be everything, and keeps nobody from it") {
  pool first;
  first.remembered = named({{"/srv/current", "/srv/releases/1"}});
  pool second;
  second.remembered = named({{"/app/current", "/app/releases/1"}});
  second.broken = error(error_kind::worker_died, "the worker is gone");
  pool third;
  third.remembered = named({{"/opt/current", "/opt/releases/1"}});
  third.links = list({list({"/opt/current", "/opt/releases/2", "/opt/releases/2"})});
  auto const found = find({&first, &second, &third});
  CHECK(found.switched.size() == 2);
  CHECK(found.why_not_all == "a pool (fake) could not tell where links lead: the worker is gone");
  second.broken = error(error_kind::interrupted, "stop");
  CHECK_THROWS_AS(find({&first, &second, &third}), error);
}

TEST_CASE("in another root directory a link of the same path is another link") {
  pool first;
  first.root = "1:2";
  first.remembered = named({{"/srv/current", "/srv/releases/2"}});
  pool second;
  second.root = "1:3";
  second.remembered = named({{"/srv/current", "/srv/releases/9"}});
  second.links = list({list({"/srv/current", "/srv/releases/9", "/srv/releases/9"})});
  auto found = find({&first, &second});
  CHECK(found.switched.empty());
  CHECK(found.others.size() == 2);
  second.links = list({list({"/srv/current", "/srv/releases/10", "/srv/releases/10"})});
  found = find({&first, &second});
  REQUIRE(found.switched.size() == 1);
  CHECK(found.switched[0].pool == 1);
  CHECK(found.switched[0].before == paths{"/srv/releases/9"});
  second.root = "";  // it may not look: then it is taken for the first's
  found = find({&first, &second});
  REQUIRE(found.switched.size() == 1);
  CHECK(found.switched[0].before == paths{"/srv/releases/9"});
  CHECK(found.switched[0].pool == 0);
}

TEST_CASE("where OPcache is off in another pool, what its workers remember counts all the same") {
  pool first;
  pool second;
  second.has_cache = false;
  second.links = list({list({"/app/current", "/app/releases/2", "/app/releases/2"})});
  second.remembered = named({{"/app/current", "/app/releases/1"}});
  auto const found = find({&first, &second});
  CHECK_FALSE(found.why_not_all);
  REQUIRE(found.switched.size() == 1);
  CHECK(found.switched[0].before == paths{"/app/releases/1"});
  CHECK(second.at_once.empty());
  CHECK(failure_of(second) == error_kind::opcache_off);
}

TEST_CASE("of many scripts few links are asked for in one request") {
  pool one;
  std::vector<php::value> rows;
  for (int i = 0; i < 5; ++i) {
    std::string const release = "/srv/" + std::to_string(i) + "/release";
    rows.push_back(list({"/srv/" + std::to_string(i) + "/current", release, release}));
  }
  one.links = list(rows);
  one.scripts = 100'000;
  static_cast<void>(find({&one}));
  CHECK(one.at_once == std::vector<std::size_t>{2, 2, 1});
}

TEST_CASE("a memory that is past its time is no evidence, and its link is looked at all the same") {
  pool one;
  one.remembered = named({{"/srv/current", ""}});
  CHECK(find({&one}).switched.empty());
  one.names = named({{"/srv/current", named({{"/opt/app-1", list({3, "/srv/current/a.php"})}})}});
  auto const found = find({&one});
  REQUIRE(found.switched.size() == 1);
  CHECK(found.switched[0].seen.at("/opt/app-1").workers.empty());
}

TEST_CASE("where there is no time for every link, that is a reason why this may not be everything") {
  pool one;
  one.slow = std::chrono::milliseconds(60);
  std::vector<adapter::adapter*> const all{&one.php};
  CHECK(releases::find_switched_links(all, std::chrono::milliseconds(50)).why_not_all ==
        "there was no time to look at every link");
  CHECK(one.at_once.empty());
}

TEST_CASE("of many names each request tries a part") {
  pool one;
  one.parts = 3;
  one.names = named({{"/srv/current", named({{"/opt/app-1", list({3, "/srv/current/a.php"})}})}});
  CHECK(find({&one}).switched[0].seen.at("/opt/app-1").names == 9);
  CHECK(one.asked_parts == std::vector<std::int64_t>{0, 1, 2});
}

TEST_CASE("what a pool tells that cannot be is refused or passed over") {
  pool one;
  one.links = list({list({"current", "/srv/releases/2", "/srv/releases/2"})});
  CHECK(failure_of(one) == error_kind::protocol);
  one.links = list({list({"/srv/current", "/srv/releases/2", "/elsewhere"})});
  CHECK(failure_of(one) == error_kind::protocol);
  one.links = list({list({"/srv/current", "/srv/releases/2", "/srv/releases/2"})});
  one.remembered = list({"/srv/current"});
  one.scripts = -5;
  one.names = named({{"/srv/current", named({{"relative", list({1, "x"})}, {"/srv/releases/2", list({1, "x"})}})},
                     {"/other", "nothing"}});
  one.hidden = list({3, named({})});
  CHECK(find({&one}).switched.empty());
}

TEST_CASE("more links than there can be are refused") {
  pool one;
  std::vector<php::value> rows(10'001, list({"/srv/current", "/srv/releases/2", "/srv/releases/2"}));
  one.links = list(rows);
  CHECK(failure_of(one) == error_kind::protocol);
}

TEST_CASE("where names of one link lead is asked for as long as there is time, and no longer") {
  pool one;
  one.parts = 1000;
  one.names = named({{"/srv/current", named({{"/opt/app-1", list({3, "/srv/current/a.php"})}})}});
  CHECK(releases::earlier_targets(one.php, "/srv/current", std::chrono::seconds(60)) == paths{"/opt/app-1"});
  CHECK_THROWS_AS(releases::earlier_targets(one.php, "/srv/current", std::chrono::milliseconds(0)), error);
}
