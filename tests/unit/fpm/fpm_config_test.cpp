#include "fpm/config.hpp"

#include <chrono>

#include "support/catch.hpp"

using namespace cachetool;

namespace {

using files = std::map<std::string, std::string>;

fpm::configuration parse(files const& all, std::string const& first = "/etc/php-fpm.conf") {
  return fpm::parse_config(first, {[&](std::string const& path) -> std::optional<std::string> {
                                     auto const found = all.find(path);
                                     return found == all.end() ? std::nullopt : std::optional(found->second);
                                   },
                                   [&](std::string const& pattern) {
                                     std::vector<std::string> matched;
                                     std::string const base = pattern.substr(0, pattern.find('*'));
                                     for (auto const& [path, text] : all) {
                                       if (path.starts_with(base)) matched.push_back(path);
                                     }
                                     return matched;
                                   },
                                   [](std::string const& name) -> std::optional<std::string> {
                                     if (name == "FOO") return "foo";
                                     if (name == "EMPTY") return "";
                                     return std::nullopt;
                                   },
                                   "/usr"});
}

// The value of one directive in a pool www.
std::string value(std::string const& line) {
  auto const read = parse({{"/etc/php-fpm.conf", "[www]\nx = " + line}});
  REQUIRE(read.pools.size() == 1);
  return read.pools[0].second.at("x").value;
}

std::string listen(std::string const& text) {
  auto const endpoint = fpm::listen_endpoint(text, "/usr/local");
  return endpoint ? endpoint->text() : "none";
}

}  // namespace

TEST_CASE("a configuration's pools come with their lines, and where they stand") {
  auto const read =
      parse({{"/etc/php-fpm.conf", "[global]\npid = /run/x.pid\n\n[www]\n; no\nlisten = /run/www.sock\n"}});
  CHECK(read.global.at("pid").value == "/run/x.pid");
  REQUIRE(read.pools.size() == 1);
  CHECK(read.pools[0].first == "www");
  fpm::directive const& line = read.pools[0].second.at("listen");
  CHECK(line.value == "/run/www.sock");
  CHECK(line.file == "/etc/php-fpm.conf");
  CHECK(line.line == 6);
}

TEST_CASE("values are read as PHP's ini language has them") {
  CHECK(value("/run/a.sock ; comment") == "/run/a.sock");
  CHECK(value("\"semi ; colon\" ; comment") == "semi ; colon");
  CHECK(value("'x ${FOO} y'") == "x ${FOO} y");
  CHECK(value("\"x ${FOO} y\"") == "x foo y");
  CHECK(value("one ${FOO} two") == "one foo two");
  CHECK(value("\"a\" ${FOO} \"b\"") == "afoob");
  CHECK(value("a 'b' c") == "a b c");
  CHECK(value("a\"b\"c") == "abc");
  CHECK(value("\"a\\\"b\\\\c\\n\"") == "a\"b\\c\\n");
  CHECK(value("a#b") == "a#b");
  CHECK(value("yes") == "1");
  CHECK(value("\"yes\"") == "yes");
  CHECK(value("Off") == "");
  CHECK(value("") == "");
  CHECK(value("0660\r") == "0660");
}

TEST_CASE("$pool is the name of the pool") {
  CHECK(value("/run/$pool-$pool.sock") == "/run/www-www.sock");
}

TEST_CASE("a variable that nobody knows stays as it is, and an empty one takes its default") {
  CHECK(value("/run/${NOBODY_KNOWS}.sock") == "/run/${NOBODY_KNOWS}.sock");
  CHECK(value("${EMPTY:-else}") == "else");
  CHECK(value("${FOO:-else}") == "foo");
  CHECK(value("${unfinished") == "${unfinished");
}

TEST_CASE("names of directives are the same in any case, what stands in their brackets is not") {
  auto const read = parse({{"/etc/php-fpm.conf", "[www]\nLISTEN = 9000\nphp_admin_value[Foo.Bar] = 1"}});
  CHECK(read.pools[0].second.count("listen") == 1);
  CHECK(read.pools[0].second.count("php_admin_value[Foo.Bar]") == 1);
}

TEST_CASE("a pool's section may come again, in any case, and its last lines win") {
  auto const read = parse({{"/etc/php-fpm.conf", "[www]\nuser = a\n[other]\n[WWW]\nuser = b\n"}});
  REQUIRE(read.pools.size() == 2);
  CHECK(read.pools[0].second.at("user").value == "b");
}

TEST_CASE("included files are read where they are named, relative ones from the prefix") {
  auto const read = parse({{"/etc/php-fpm.conf", "include=/etc/fpm.d/*.conf\ninclude = \"etc/more/*\"\n[last]\n"},
                           {"/etc/fpm.d/a.conf", "[a]\nlisten = 1"},
                           {"/etc/fpm.d/b.conf", "[b]\nlisten = 2"},
                           {"/usr/etc/more/c", "listen = 3"}});
  REQUIRE(read.pools.size() == 3);
  CHECK(read.pools[0].first == "a");
  CHECK(read.pools[1].first == "b");
  CHECK(read.pools[1].second.at("listen").value == "3");  // a section goes on through included files
  CHECK(read.pools[1].second.at("listen").file == "/usr/etc/more/c");
  CHECK(read.pools[2].first == "last");
}

TEST_CASE("a file that includes itself many times is read a bounded number of times") {
  std::string many = "[www]\n";
  for (int i = 0; i < 100; ++i) many += "include=/etc/php-fpm.conf\n";
  auto const read = parse({{"/etc/php-fpm.conf", many}});
  CHECK(read.pools.size() == 1);
}

TEST_CASE("a file that is missing leaves a configuration that is empty") {
  CHECK(parse({}).pools.empty());
}

TEST_CASE("hostile text is taken for what it may be, and ends") {
  using namespace std::string_literals;
  CHECK(parse({{"/etc/php-fpm.conf", "[www\nlisten = 1\n=\n[]\n[x]\n\0listen = 2\na\0b = 1\n"s}}).pools.size() == 3);
  CHECK(value("\"unterminated") == "unterminated");
  CHECK(value("'unterminated") == "unterminated");
  CHECK(value(std::string(1 << 20, 'x')).size() <= 65536);
  CHECK(value("'" + std::string(300000, '$') + "pool'").size() <= 65536);
  std::string pools;
  for (int i = 0; i < 100000; ++i) pools += "[" + std::to_string(i) + "]\n";
  CHECK(parse({{"/etc/php-fpm.conf", pools}}).pools.size() <= 10000);
}

TEST_CASE("the name of a pool cannot be made to fill the memory") {
  std::string text = "[" + std::string(300, 'n') + "]\nlisten = 1\n[" + std::string(256, 'n') + "]\n";
  for (int i = 0; i < 40000; ++i) text += "a" + std::to_string(i) + " = $pool$pool$pool$pool$pool$pool$pool$pool\n";
  auto const read = parse({{"/etc/php-fpm.conf", text}});
  REQUIRE(read.pools.size() == 1);
  std::size_t bytes = 0;
  for (auto const& [name, line] : read.pools[0].second) bytes += line.value.size();
  CHECK(bytes > 0);
  CHECK(bytes < std::size_t{64} << 20);
}

TEST_CASE("include lines are bounded in number and length") {
  std::vector<std::string> patterns;
  fpm::config_source source;
  source.read = [](std::string const&) {
    std::string text = "include = " + std::string(5000, '/') + "\n";
    for (int i = 0; i < 1000; ++i) text += "include = /etc/x/*\n";
    return std::optional(text);
  };
  source.matches = [&patterns](std::string const& pattern) {
    patterns.push_back(pattern);
    return std::vector<std::string>();
  };
  source.variable = [](std::string const&) { return std::optional<std::string>(); };
  static_cast<void>(fpm::parse_config("/etc/php-fpm.conf", source));
  CHECK(patterns == std::vector<std::string>(500, "/etc/x/*"));
}

TEST_CASE("every form of 'listen' is understood") {
  CHECK(listen("/run/www.sock") == "/run/www.sock");
  CHECK(listen("var/www.sock") == "/usr/local/var/www.sock");
  CHECK(listen("9000") == "127.0.0.1:9000");
  CHECK(listen("*:9000") == "127.0.0.1:9000");
  CHECK(listen("0.0.0.0:9000") == "127.0.0.1:9000");
  CHECK(listen("[::]:9000") == "[::1]:9000");
  CHECK(listen("[fe80::1]:9000") == "[fe80::1]:9000");
  CHECK(listen("192.0.2.1:9000") == "192.0.2.1:9000");
  CHECK(listen("localhost:9000") == "localhost:9000");
}

TEST_CASE("a 'listen' that makes no sense is none") {
  CHECK(listen("") == "none");
  CHECK(listen("host:") == "none");
  CHECK(listen("host:0") == "none");
  CHECK(listen("70000") == "none");
  CHECK(listen("/run/${WHO}.sock") == "none");
  CHECK(listen("/" + std::string(200, 'x')) == "none");
}
