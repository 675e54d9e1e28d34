#include "cli/line/suggestions.hpp"

#include "support/catch.hpp"

using namespace cachetool::cli;

namespace {

/// The words, one in each place, of what is offered for the last of `line`.
std::vector<std::string> offered(std::vector<std::string> line) {
  std::string const current = line.back();
  line.pop_back();
  std::vector<std::string> words;
  for (suggestion const& each : suggest(line, current).words) words.push_back(each.word);
  return words;
}

offer rest(std::vector<std::string> line) {
  std::string const current = line.back();
  line.pop_back();
  return suggest(line, current).rest;
}

bool has(std::vector<std::string> const& words, std::string const& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

using words = std::vector<std::string>;

}  // namespace

TEST_CASE("a command is offered by the beginning of its name") {
  CHECK(offered({"comp"}) == words{"completion"});
  CHECK(offered({"opcache:reset"}) == words{"opcache:reset", "opcache:reset:file-cache"});
}

TEST_CASE("a command is offered by the beginnings of its parts") {
  CHECK(offered({"o:conf"}) == words{"opcache:configuration"});
  CHECK(offered({"a:k:d"}) == words{"apcu:key:delete"});
  CHECK(has(offered({"o:"}), "opcache:status"));
}

TEST_CASE("an internal command is never offered") {
  CHECK_FALSE(has(offered({""}), "_complete"));
  CHECK(offered({"_"}).empty());
}

TEST_CASE("behind help stand the commands") {
  CHECK(offered({"help", "o:conf"}) == words{"opcache:configuration"});
}

TEST_CASE("behind list stand the groups") {
  CHECK(has(offered({"list", ""}), "opcache"));
  CHECK(offered({"list", "s"}) == words{"self", "stat"});
}

TEST_CASE("behind completion stand the shells") {
  CHECK(offered({"completion", ""}) == words{"bash", "zsh", "fish"});
}

TEST_CASE("a command's own options are offered before those of all commands") {
  auto const found = offered({"opcache:prune", "-"});
  REQUIRE(has(found, "--keep="));
  REQUIRE(has(found, "--pool="));
  CHECK(std::find(found.begin(), found.end(), "--keep=") < std::find(found.begin(), found.end(), "--pool="));
}

TEST_CASE("options of other commands are not offered") {
  CHECK_FALSE(has(offered({"opcache:status", "--"}), "--keep="));
}

TEST_CASE("an option that was given is offered again only if it may be given again") {
  CHECK_FALSE(has(offered({"opcache:status", "--format=json", "--"}), "--format=csv"));
  CHECK(has(offered({"opcache:status", "--fcgi=/a", "--"}), "--fcgi="));
}

TEST_CASE("choices are offered with their option and alone") {
  CHECK(offered({"opcache:status", "--format=c"}) == words{"--format=csv"});
  CHECK(offered({"opcache:status", "--form"}) == words{"--format=table", "--format=json", "--format=csv"});
  CHECK(offered({"opcache:status", "--format", "j"}) == words{"json"});
}

TEST_CASE("the value of an option is what the option is about") {
  CHECK(rest({"--pool", ""}) == offer::pool);
  CHECK(rest({"--pool=w"}) == offer::pool);
  CHECK(rest({"--fcgi=/run/ph"}) == offer::endpoint);
  CHECK(rest({"opcache:prune", "--keep=/srv/"}) == offer::directory);
  CHECK(rest({"opcache:status", "-c", ""}) == offer::file);
  CHECK(rest({"opcache:status", "-qt", ""}) == offer::directory);
}

TEST_CASE("behind an option's value comes the command, and behind the command its arguments") {
  CHECK(offered({"--pool", "www", "o:conf"}) == words{"opcache:configuration"});
  CHECK(rest({"--pool", "www", "deploy:warm", ""}) == offer::directory);
  CHECK(rest({"deploy:switch", "--pool", "www", "/srv/current", ""}) == offer::directory);
}

TEST_CASE("a command that takes no more arguments is offered none") {
  CHECK(offered({"opcache:status", ""}).empty());
  CHECK(rest({"opcache:status", ""}) == offer::nothing);
  CHECK(rest({"deploy:warm", "/srv/a", ""}) == offer::nothing);
}

TEST_CASE("an argument that may be given often is offered each time") {
  CHECK(rest({"opcache:refresh", "/srv/a", "/srv/b", ""}) == offer::file);
}

TEST_CASE("behind -- stand arguments alone") {
  CHECK(offered({"opcache:refresh", "--", "--f"}).empty());
  CHECK(rest({"opcache:refresh", "--", "--f"}) == offer::file);
}

TEST_CASE("mistakes before the cursor are passed over") {
  CHECK(offered({"--no-such-option", "o:conf"}) == words{"opcache:configuration"});
}
