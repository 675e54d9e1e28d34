#include "cli/commands/opcache_report_view.hpp"

#include "cli/commands/opcache_directives.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using cli::report_page;
using cli::reported_master;

namespace {

bool has(std::string const& page, std::string_view part) {
  return page.find(part) != std::string::npos;
}

reported_master master() {
  reported_master out;
  out.label = "/run/php.sock";
  out.status.from = {"www", "8.2.36", 12};
  out.status.enabled = true;
  out.status.memory = opcache::memory_usage{60 << 20, 30 << 20, 10 << 20, 10};
  out.status.counts = opcache::statistics{.scripts = 2, .keys = 3, .max_keys = 100, .hits = 999, .misses = 1};
  out.status.strings = opcache::interned_strings{8 << 20, 6 << 20, 2 << 20, 50};
  out.scripts = {{"/srv/a.php", 2000, 0, 50}, {"/srv/b.php", 1000, 9, 90'000}};
  out.configuration.from = out.status.from;
  return out;
}

php::value directives(std::vector<std::pair<std::string, php::value>> const& all) {
  php::array out;
  for (auto const& [name, value] : all) out.entries.push_back({name, value});
  return out;
}

}  // namespace

TEST_CASE("the page has the figures with what they mean") {
  std::string const page = report_page({master()});
  CHECK(has(page, "<h2 id=\"php-fpm-1-name\">/run/php.sock, pool www</h2>"));
  CHECK(has(page, "70 %"));
  CHECK(has(page, "99.9 %"));
  CHECK(has(page, "of 2 scripts"));
  CHECK(has(page, "[\"/srv\",[[\"a.php\",2000,0,50],[\"b.php\",1000,9,90000]]]"));
}

TEST_CASE("a cache that keeps files only has a page without figures of its memory") {
  reported_master files_only;
  files_only.label = "127.0.0.1:9000";
  files_only.status.file_cache_only = true;
  std::string const page = report_page({files_only});
  CHECK_FALSE(has(page, "<h4>Memory</h4>"));
  CHECK(has(page, "[null,[]]"));
}

TEST_CASE("findings stand in the page, the worst first, and those that are fine apart") {
  reported_master one = master();
  one.findings = {{"cache", "opcache", {advice::level::ok, "it is on"}},
                  {"cache", "keys", {advice::level::note, "a note"}},
                  {"cache", "memory", {advice::level::failure, "it is <full>", "set it"}}};
  std::string const page = report_page({one});
  CHECK(page.find("it is &lt;full&gt;") < page.find("a note"));
  CHECK(has(page, "What to do: set it"));
  CHECK(has(page, "1 check found nothing to change"));
}

TEST_CASE("a page without findings says that nothing is to be changed") {
  CHECK(has(report_page({master()}), "Nothing. No check found anything to change."));
}

TEST_CASE("workers are told with their requests, but not with what the query says") {
  reported_master one = master();
  fpm::worker_status busy;
  busy.pid = 77;
  busy.state = "Running";
  busy.method = "GET";
  busy.uri = "/page";
  busy.query = "token=secret";
  one.workers.emplace().each.push_back(busy);
  std::string const page = report_page({one});
  CHECK(has(page, "<td>77</td><td>Running</td>"));
  CHECK(has(page, "<code>GET /page</code>"));
  CHECK_FALSE(has(page, "secret"));
}

TEST_CASE("what checks have seen until now is a curve, and one look is none") {
  reported_master one = master();
  one.history.push_back({.time = 1000, .used = 40 << 20, .wasted = 10 << 20, .keys = 1, .hit_rate = {}});
  CHECK_FALSE(has(report_page({one}), "Over time"));
  one.history.push_back({.time = 2000, .used = 20 << 20, .wasted = 0, .keys = 1, .hit_rate = 90});
  std::string const page = report_page({one});
  CHECK(has(page, "memory that is taken: 50 %, then 20 %"));
  CHECK(has(page, "hit rate: 90 %, then 90 %"));
}

TEST_CASE("several php-fpm have a part each, and a way to it") {
  reported_master other = master();
  other.label = "<other>";
  std::string const page = report_page({master(), other});
  CHECK(has(page, "<a href=\"#php-fpm-2\">&lt;other&gt;, pool www</a>"));
  CHECK(has(page, "id=\"php-fpm-2\""));
  CHECK(has(page, "<title>OPcache report: 2 php-fpm</title>"));
}

TEST_CASE("settings are compared with what this PHP has of its own") {
  reported_master one = master();
  one.configuration.directives =
      directives({{"opcache.jit", std::string("tracing")}, {"opcache.new", std::int64_t{1}}});
  auto const changed = [&] {
    std::string const page = report_page({one});
    auto const begin = page.find("Set otherwise");
    return begin == std::string::npos ? "" : page.substr(begin, page.find("<details>", begin) - begin);
  };
  CHECK_FALSE(has(changed(), "opcache.jit"));
  CHECK(has(changed(), "opcache.new"));  // nobody knows what PHP has
  one.configuration.from.php_version = "8.4.1";
  CHECK(has(changed(), "opcache.jit"));
}

TEST_CASE("what was found about a setting stands beside it, in front of all others") {
  reported_master one = master();
  one.configuration.directives =
      directives({{"opcache.enable", true}, {"opcache.memory_consumption", std::int64_t{134217728}}});
  one.findings = {{"cache", "memory", {advice::level::warning, "it is nearly full", "set more"}},
                  {"cache", "opcache", {advice::level::ok, "it is on"}}};
  std::string const page = report_page({one});
  auto const begin = page.find("Worth a look");
  REQUIRE(begin != std::string::npos);
  std::string const advised = page.substr(begin, page.find("</table>", begin) - begin);
  CHECK(has(advised, "opcache.memory_consumption"));
  CHECK(has(advised, "it is nearly full"));
  CHECK(has(advised, "What to do: set more"));
  CHECK_FALSE(has(advised, "opcache.enable"));
}

TEST_CASE("values of settings are written as people read them") {
  CHECK(cli::directive_text("opcache.enable", true) == "on");
  CHECK(cli::directive_text("opcache.memory_consumption", std::int64_t{134217728}) == "128 MiB");
  CHECK(cli::directive_text("opcache.interned_strings_buffer", std::int64_t{8}) == "8 MiB");
  CHECK(cli::directive_text("opcache.max_wasted_percentage", 0.05) == "5 %");
  CHECK(cli::directive_text("opcache.optimization_level", std::int64_t{0x7FFEBFFF}) == "0x7FFEBFFF");
  CHECK(cli::directive_text("opcache.revalidate_freq", std::int64_t{2}) == "2 s");
  CHECK(cli::directive_text("opcache.max_accelerated_files", std::int64_t{10000}) == "10,000");
  CHECK(cli::directive_text("opcache.file_cache", std::string()) == "(none)");
  CHECK(cli::directive_text("opcache.preload", std::string("/srv/preload.php")) == "/srv/preload.php");
}

TEST_CASE("a page of twenty thousand scripts has less than five megabytes") {
  reported_master large = master();
  large.scripts.clear();
  for (int i = 0; i < 20'000; ++i) {
    std::string const number = std::to_string(i);
    large.scripts.push_back({"/srv/www/example.org/releases/20261128101500/vendor/acme/package-" +
                                 std::to_string(i / 40) + "/src/Component/ServiceProvider" + number + ".php",
                             10'000 + i, i % 1000, i});
  }
  report::sort_by_directory(large.scripts);
  CHECK(report_page({large}).size() < 5'000'000);
}
