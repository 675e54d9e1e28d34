#include "report/script_tree.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace cachetool::report;

namespace {

std::vector<cached_file> files(std::vector<std::string> const& paths) {
  std::vector<cached_file> out;
  std::int64_t number = 0;
  for (std::string const& each : paths) {
    ++number;
    out.push_back({each, number * 100, number, number * 10});
  }
  sort_by_directory(out);
  return out;
}

std::string tree(std::vector<std::string> const& paths) {
  return script_tree(files(paths));
}

}  // namespace

TEST_CASE("scripts make a tree of directories, whose top is the directory of all") {
  CHECK(tree({"/srv/site/src/b.php", "/srv/site/src/a.php", "/srv/site/index.php"}) ==
        R"(["/srv/site",[["index.php",300,3,30],["src",[["a.php",200,2,20],["b.php",100,1,10]]]]])");
}

TEST_CASE("a directory that holds nothing but another one is one with it") {
  CHECK(tree({"/srv/a/b/c/x.php", "/srv/y.php"}) == R"(["/srv",[["a/b/c",[["x.php",100,1,10]]],["y.php",200,2,20]]])");
}

TEST_CASE("a script alone stands in its directory") {
  CHECK(tree({"/srv/x.php"}) == R"(["/srv",[["x.php",100,1,10]]])");
  CHECK(tree({"/x.php"}) == R"(["",[["x.php",100,1,10]]])");
}

TEST_CASE("without a directory of all, the top has no name") {
  CHECK(tree({"/srv/x.php", "phar:///srv/y.phar/z.php"}) ==
        R"([null,[["/srv",[["x.php",100,1,10]]],["phar:///srv/y.phar",[["z.php",200,2,20]]]]])");
  CHECK(tree({"$PRELOAD$"}) == R"([null,[["$PRELOAD$",100,1,10]]])");
  CHECK(tree({}) == R"([null,[]])");
}

TEST_CASE("names that begin alike are different directories") {
  CHECK(tree({"/a/site/x.php", "/a/site-2/x.php", "/a/site.php"}) ==
        R"(["/a",[["site",[["x.php",100,1,10]]],["site-2",[["x.php",200,2,20]]],["site.php",300,3,30]]])");
}

TEST_CASE("a file and a directory of the same name are both told") {
  CHECK(tree({"/a/b", "/a/b/c"}) == R"(["/a",[["b",100,1,10],["b",[["c",200,2,20]]]]])");
}

TEST_CASE("paths of odd forms lose nothing") {
  CHECK(tree({"/a//b.php", "/a/"}) == R"(["/a",[["",200,2,20],["",[["b.php",100,1,10]]]]])");
  CHECK(tree({""}) == R"([null,[["",100,1,10]]])");
}

TEST_CASE("names that are not UTF-8 or hold control bytes are made visible") {
  CHECK(tree({"/a/\xFF\x01.php"}) == R"(["/a",[["\\xFF\\x01.php",100,1,10]]])");
}

TEST_CASE("a path of two thousand directories is a tree all the same") {
  std::string deep;
  std::vector<std::string> paths;
  for (int i = 0; i < 2000; ++i) {
    deep += "/d";
    paths.push_back(deep + "/f");
  }
  auto const parsed = nlohmann::json::parse(tree(paths));
  CHECK(parsed[0] == "/d");
}

TEST_CASE("JSON in a script element cannot end it") {
  std::string const safe = json_in_script("[\"</script><!--\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA\"]");
  CHECK(safe == "[\"\\u003c/script>\\u003c!--\\u2028\\u2029\xE2\x80\xAA\"]");
  CHECK(nlohmann::json::parse(safe)[0] == "</script><!--\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA");
}

TEST_CASE("releases beside each other are found by what they share, the last used first") {
  auto const found =
      find_look_alikes(files({"/srv/r/1/a.php", "/srv/r/1/b.php", "/srv/r/1/c/d.php", "/srv/r/1/old.php",
                              "/srv/r/2/a.php", "/srv/r/2/b.php", "/srv/r/2/c/d.php", "/srv/other.php"}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].directory == "/srv/r/");
  REQUIRE(found[0].members.size() == 2);
  CHECK(found[0].members[0].name == "1");
  CHECK(found[0].members[0].scripts == 4);
  CHECK(found[0].members[0].memory == 100 + 200 + 300 + 400);
  CHECK(found[0].members[0].age == 10);
  CHECK(found[0].members[1].name == "2");
}

TEST_CASE("of releases that were last used at the same time the later name comes first") {
  auto both = files({"/r/1/a", "/r/1/b", "/r/1/c", "/r/2/a", "/r/2/b", "/r/2/c"});
  for (cached_file& each : both) each.age = 5;
  CHECK(find_look_alikes(both).at(0).members.at(0).name == "2");
}

TEST_CASE("directories that share a few names only are no releases") {
  CHECK(find_look_alikes(files({"/s/a/x.php", "/s/a/y.php", "/s/b/x.php", "/s/b/y.php"})).empty());
  CHECK(find_look_alikes(files({"/s/a/1", "/s/a/2", "/s/a/3", "/s/a/4", "/s/a/5", "/s/a/6", "/s/a/7", "/s/b/1",
                                "/s/b/2", "/s/b/3", "/s/b/8", "/s/b/9", "/s/b/10", "/s/b/11"}))
            .empty());
  CHECK(find_look_alikes({}).empty());
}

TEST_CASE("packages below vendor resemble each other, and are no releases") {
  CHECK(find_look_alikes(files({"/s/vendor/a/1", "/s/vendor/a/2", "/s/vendor/a/3", "/s/vendor/b/1", "/s/vendor/b/2",
                                "/s/vendor/b/3"}))
            .empty());
}
