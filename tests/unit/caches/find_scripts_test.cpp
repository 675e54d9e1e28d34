#include "caches/find_scripts.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;
using opcache::find_scripts;
using opcache::is_regular_expression;

namespace {

void write(test::temp_dir const& below, std::string const& name) {
  std::filesystem::create_directories(std::filesystem::path(below / name).parent_path());
  std::ofstream{below / name} << "<?php\n";
}

std::vector<std::string> names(std::string const& directory, std::vector<std::string> const& exclude = {}) {
  std::vector<std::string> found;
  for (auto const& file : find_scripts(directory, exclude)) found.push_back(file.name);
  std::sort(found.begin(), found.end());
  return found;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("only names that end in .php are scripts") {
  test::temp_dir const site;
  for (auto const* name : {"a.php", "b.PHP", "c.phtml", "d.php.bak", "sub/e.php"}) write(site, name);
  CHECK(names(site.path()) == list{"a.php", "sub/e.php"});
}

TEST_CASE("names that begin with a dot are left out, and what is below them") {
  test::temp_dir const site;
  for (auto const* name : {".a.php", ".git/b.php", "sub/.c/d.php", "e.php"}) write(site, name);
  CHECK(names(site.path()) == list{"e.php"});
}

TEST_CASE("directories of version control systems are left out") {
  test::temp_dir const site;
  for (auto const* name : {"CVS/a.php", "_svn/b.php", "_darcs/c.php", "CVS.php"}) write(site, name);
  CHECK(names(site.path()) == list{"CVS.php"});
}

TEST_CASE("a path that holds Tests or tests anywhere is left out, as CacheTool does") {
  test::temp_dir const site;
  for (auto const* name : {"Tests/a.php", "sub/tests/b.php", "contests/c.php", "latests.php", "Test/d.php"}) {
    write(site, name);
  }
  CHECK(names(site.path()) == list{"Test/d.php"});
}

TEST_CASE("the directory's own path may hold tests") {
  test::temp_dir const site;
  write(site, "tests/a.php");
  CHECK(names(site / "tests") == list{"a.php"});
}

TEST_CASE("an excluded word leaves out every path that holds it") {
  test::temp_dir const site;
  for (auto const* name : {"vendor/a.php", "src/b.php", "src/my_vendor.php"}) write(site, name);
  CHECK(names(site.path(), {"vendor"}) == list{"src/b.php"});
  CHECK(names(site.path(), {"src/b", "my_"}) == list{"vendor/a.php"});
}

TEST_CASE("a linked file is listed by the real path of its target, once more than the target") {
  test::temp_dir const site;
  write(site, "a.php");
  std::filesystem::create_symlink("a.php", site / "b.php");
  auto const found = find_scripts(site.path(), {});
  REQUIRE(found.size() == 2);
  CHECK(found[0].path == site / "a.php");
  CHECK(found[1].path == site / "a.php");
}

TEST_CASE("a linked directory is not entered") {
  test::temp_dir const site;
  write(site, "sub/a.php");
  std::filesystem::create_directory_symlink("sub", site / "link");
  CHECK(names(site.path()) == list{"sub/a.php"});
}

TEST_CASE("a link that leads nowhere is listed, so that it fails") {
  test::temp_dir const site;
  std::filesystem::create_symlink("nowhere", site / "a.php");
  auto const found = find_scripts(site.path(), {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == site / "a.php");
}

TEST_CASE("a pipe and a directory are no scripts, whatever they are called") {
  test::temp_dir const site;
  REQUIRE(mkfifo((site / "pipe.php").c_str(), 0600) == 0);
  write(site, "directory.php/a.php");
  CHECK(names(site.path()) == list{"directory.php/a.php"});
}

TEST_CASE("a directory's files stand where the directory stands in its parent") {
  test::temp_dir const site;
  for (auto const* name : {"a.php", "sub/b.php", "sub/c.php", "d.php", "z/e.php"}) write(site, name);
  list expected;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(site.path())) {
    if (entry.is_regular_file()) expected.push_back(entry.path().string());
  }
  list found;
  for (auto const& file : find_scripts(site.path(), {})) found.push_back(file.path);
  CHECK(found == expected);
}

TEST_CASE("a pattern stands for the directories that match it, in alphabetical order") {
  test::temp_dir const site;
  for (auto const* name : {"two/b.php", "one/a.php", "other.php"}) write(site, name);
  auto const found = find_scripts(site / "*", {});
  REQUIRE(found.size() == 2);
  CHECK(found[0].path == site / "one/a.php");
  CHECK(found[1].name == "b.php");
}

TEST_CASE("braces in a pattern stand for each of their parts, also inside of each other") {
  test::temp_dir const site;
  for (auto const* name : {"app/a.php", "lib/x/b.php", "lib/y/c.php", "web/d.php"}) write(site, name);
  CHECK(names(site / "{app,lib}") == list{"a.php", "x/b.php", "y/c.php"});
  CHECK(names(site / "{app,lib/{x,y}}") == list{"a.php", "b.php", "c.php"});
  CHECK(names(site / "{l,w}*") == list{"d.php", "x/b.php", "y/c.php"});
  CHECK_THROWS_AS(find_scripts(site / "{app", {}), error);
}

TEST_CASE("a directory that does not exist is an error of usage") {
  CHECK_THROWS_MATCHES(find_scripts("/nonexistent/site", {}), error,
                       Catch::Predicate<error>([](error const& e) { return e.kind() == error_kind::usage; }));
}

TEST_CASE("a file in place of the directory is an error of usage") {
  test::temp_dir const site;
  write(site, "a.php");
  CHECK_THROWS_AS(find_scripts(site / "a.php", {}), error);
}

TEST_CASE("an exclude with delimiters is a regular expression") {
  for (auto const* text : {"/vendor/", "#^a|b$#i", "{a}", "(a)ims", "[ab]", "<a>u", "~x~", "/a/imsxuADUn"}) {
    CAPTURE(text);
    CHECK(is_regular_expression(text));
  }
}

TEST_CASE("an exclude without delimiters is a word") {
  for (auto const* text : {"", "a", "//", "vendor", "vendor/", "/vendor", "abca", "*a*", "?a?", "\\a\\", " a ", "/a/z",
                           ".*vendor.*", "uuu"}) {
    CAPTURE(text);
    CHECK_FALSE(is_regular_expression(text));
  }
}
