#include "cli/commands/opcache_script_view.hpp"

#include "golden.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::cli;
using test::golden;
using test::rendered;
using outcome = opcache::compiled_script::outcome;

namespace {

template <typename... Arguments>
std::string json_of(Arguments const&... arguments) {
  std::string text;
  report::json_writer writer([&text](std::string_view part) { text += part; });
  write_json(writer, arguments...);
  writer.flush();
  return text;
}

opcache::compile_report compiled(std::vector<std::pair<std::string, outcome>> const& scripts) {
  opcache::compile_report report;
  for (auto const& [path, what] : scripts) {
    std::string const why = what == outcome::failed ? "syntax error on line 1" : "";
    report.scripts.push_back({path, what, what == outcome::not_cached ? "the cache is full" : why, {}});
  }
  return report;
}

}  // namespace

TEST_CASE("compiled files are CacheTool's table") {
  auto const report = compiled({{"/srv/demo/site/sp ace/x.php", outcome::cached},
                                {"/srv/demo/site/sub/x.php", outcome::cached},
                                {"/srv/demo/site/sub/<b>.php", outcome::cached},
                                {"/srv/demo/site/sub/q'uote.php", outcome::cached},
                                {"/srv/demo/site/s2.php", outcome::kept},
                                {"/srv/demo/site/s1.php", outcome::not_cached},
                                {"/srv/demo/site/s3.php", outcome::cached}});
  CHECK(rendered(compile_table(report, false)) == golden("opcache_compile_scripts.txt"));
}

TEST_CASE("no compiled files are CacheTool's empty table") {
  CHECK(rendered(compile_table({}, false)) == golden("opcache_compile_scripts_empty.txt"));
}

TEST_CASE("a batch is one row, also without files") {
  CHECK(rendered(compile_table(compiled({{"/a.php", outcome::cached}}), true)) == golden("opcache_compile_batch.txt"));
  CHECK(rendered(compile_table({}, true)) == golden("opcache_compile_batch.txt"));
}

TEST_CASE("a file that did not compile has an empty cell, and so has its batch") {
  auto const report = compiled({{"/a.php", outcome::cached}, {"/b.php", outcome::failed}});
  CHECK(rendered(compile_table(report, false)).find("|          | /b.php   |") != std::string::npos);
  CHECK(rendered(compile_table(report, true)).find("|          |\n") != std::string::npos);
}

TEST_CASE("a file that did not compile is named with its reason and counted") {
  auto const report = compiled({{"/a.php", outcome::cached}, {"/b.php", outcome::failed}});
  CHECK(remarks(report) == std::vector<std::string>{"/b.php did not compile: syntax error on line 1"});
  REQUIRE(failure(report));
  CHECK(failure(report)->message() == "1 of 2 files did not compile");
}

TEST_CASE("a file that was not cached is a remark, and an error once none was") {
  auto const some = compiled({{"/a.php", outcome::cached}, {"/b.php", outcome::not_cached}});
  CHECK(remarks(some) == std::vector<std::string>{"/b.php is not cached: the cache is full"});
  CHECK_FALSE(failure(some));
  auto const none = compiled({{"/b.php", outcome::not_cached}});
  REQUIRE(failure(none));
  CHECK(failure(none)->message() == "nothing was cached: the cache is full");
}

TEST_CASE("files for which the cache has no room are one remark, and an error once none was cached") {
  auto const some = compiled({{"/a.php", outcome::cached}, {"/b.php", outcome::no_room}, {"/c.php", outcome::no_room}});
  REQUIRE(remarks(some).size() == 1);
  CHECK(remarks(some)[0].starts_with("OPcache has no room for 2 scripts, 1 is cached: "));
  CHECK_FALSE(failure(some));
  CHECK(rendered(compile_table(some, true)).find("|          |\n") != std::string::npos);
  CHECK(failure(compiled({{"/b.php", outcome::no_room}})));
}

TEST_CASE("scripts that the cache keeps although they may have changed are counted in one remark") {
  auto const report = compiled({{"/a.php", outcome::kept}, {"/b.php", outcome::kept}});
  REQUIRE(remarks(report).size() == 1);
  CHECK(remarks(report)[0].starts_with("2 scripts stood in the cache already"));
  CHECK_FALSE(failure(report));
}

TEST_CASE("what PHP says more than twenty times is counted") {
  auto report = compiled({{"/a.php", outcome::cached}});
  report.scripts[0].warnings.assign(25, "Deprecated: old in /a.php on line 1");
  auto const lines = remarks(report);
  REQUIRE(lines.size() == 21);
  CHECK(lines.back() == "PHP said 5 things more; --format=json has them all");
}

TEST_CASE("an empty directory is worth a remark and no error") {
  CHECK(remarks(opcache::compile_report{}) == std::vector<std::string>{"there was nothing to compile"});
  CHECK_FALSE(failure(opcache::compile_report{}));
}

TEST_CASE("compiled files in JSON have a reason or null") {
  CHECK(json_of(compiled({{"/a.php", outcome::failed}, {"/b.php", outcome::kept}})) ==
        R"({"cached":0,"kept":1,"not_cached":0,"no_room":0,"left":0,"failed":1,"scripts":[)"
        R"({"full_path":"/a.php","outcome":"failed","reason":"syntax error on line 1","warnings":[]},)"
        R"({"full_path":"/b.php","outcome":"kept","reason":null,"warnings":[]}]})");
}

TEST_CASE("invalidated scripts are CacheTool's table") {
  opcache::invalidate_report report;
  report.scripts = {{"/srv/demo/site/s1.php", true, false}};
  CHECK(rendered(invalidate_table(report, false)) == golden("opcache_invalidate_scripts.txt"));
  CHECK(rendered(invalidate_table({}, false)) == golden("opcache_invalidate_scripts_empty.txt"));
}

TEST_CASE("a dry run claims nothing") {
  opcache::invalidate_report report;
  report.scripts = {{"/a.php", false, true}};
  CHECK(rendered(invalidate_table(report, true)).find("| dry run     | /a.php   |") != std::string::npos);
  CHECK(remarks(report, true).empty());
}

TEST_CASE("a pattern that matches nothing is worth a remark") {
  CHECK(remarks(opcache::invalidate_report{}, false).size() == 1);
  CHECK(remarks(opcache::invalidate_report{}, true).size() == 1);
}

TEST_CASE("scripts that stay in use, are refused or are preloaded are counted") {
  opcache::invalidate_report report;
  report.scripts = {{"/a.php", true, true}, {"/b.php", false, true}};
  report.preloaded = 1;
  auto const lines = remarks(report, false);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "PHP did not invalidate 1 script; are the files gone?");
  CHECK(lines[1].starts_with("1 script is still in use"));
  CHECK(lines[2].starts_with("opcache.preload loaded 1 of them"));
}

TEST_CASE("files that are left in the file cache are named with their owner and are an error") {
  opcache::file_cache_report report;
  report.left = {{"/fc/a.bin", 33, "Permission denied"}, {"/fc/b.bin", std::nullopt, "gone"}};
  CHECK(remarks(report) ==
        std::vector<std::string>{"/fc/a.bin was not deleted: Permission denied (it belongs to user 33)",
                                 "/fc/b.bin was not deleted: gone"});
  REQUIRE(failure(report));
  CHECK(failure(report)->message() == "2 files could not be deleted");
  CHECK_FALSE(failure(opcache::file_cache_report{}));
}
