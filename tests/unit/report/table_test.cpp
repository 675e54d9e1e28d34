#include "report/table.hpp"

#include <fstream>
#include <iterator>

#include "report/text.hpp"
#include "support/catch.hpp"

using namespace cachetool::report;
namespace php = cachetool::php;

namespace {

std::string rendered(table const& what, bool colour = false) {
  std::string text;
  what.render([&text](std::string_view line) { text += line; }, colour);
  return text;
}

std::string golden(std::string const& name) {
  std::ifstream file(GOLDEN_DIRECTORY "/" + name, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string amount_and_share(std::string const& amount, double percent) {
  return amount + " (" + php_float(percent) + "%)";
}

table opcache_status(std::int64_t hits, std::int64_t misses, double hit_rate) {
  table status({"Name", "Value"});
  status.add_row({"Enabled", "Yes"});
  status.add_row({"Cache full", "No"});
  status.add_row({"Restart pending", "No"});
  status.add_row({"Restart in progress", "No"});
  status.add_row({"Memory used", bytes(18347704)});
  status.add_row({"Memory free", bytes(250087752)});
  status.add_row({"Memory wasted (%)", amount_and_share(bytes(0), 0)});
  status.add_row({"Strings buffer size", bytes(16777216)});
  status.add_row({"Strings memory used", bytes(4560000)});
  status.add_row({"Strings memory free", bytes(12217216)});
  status.add_row({"Number of strings", "7721"});
  status.add_separator();
  status.add_row({"Cached scripts", "8"});
  status.add_row({"Cached keys", "8"});
  status.add_row({"Max cached keys", "32531"});
  status.add_row({"Start time", date(1795391161)});
  status.add_row({"Last restart time", date(1795391531)});
  status.add_row({"Oom restarts", "0"});
  status.add_row({"Hash restarts", "0"});
  status.add_row({"Manual restarts", "13"});
  status.add_row({"Hits", php_string(hits)});
  status.add_row({"Misses", php_string(misses)});
  status.add_row({"Blacklist misses (%)", amount_and_share("0", 0)});
  status.add_row({"Opcache hit rate", php_string(hit_rate)});
  return status;
}

table scripts() {
  return table({"Hits", "Memory", "Filename"});
}

}  // namespace

TEST_CASE("the table of opcache:status is that of CacheTool") {
  CHECK(rendered(opcache_status(0, 18, 0)) == golden("opcache_status.txt"));
}

TEST_CASE("the coloured table of opcache:status is that of CacheTool") {
  CHECK(rendered(opcache_status(10, 28, 100 * 10 / 38.0), true) == golden("opcache_status_colour.txt"));
}

TEST_CASE("the table of opcache:configuration is that of CacheTool") {
  std::pair<char const*, php::value> const directives[] = {
      {"opcache.enable", true},
      {"opcache.enable_cli", false},
      {"opcache.use_cwd", true},
      {"opcache.validate_timestamps", false},
      {"opcache.validate_permission", false},
      {"opcache.validate_root", false},
      {"opcache.dups_fix", false},
      {"opcache.revalidate_path", false},
      {"opcache.log_verbosity_level", 1},
      {"opcache.memory_consumption", 268435456},
      {"opcache.interned_strings_buffer", 16},
      {"opcache.max_accelerated_files", 20000},
      {"opcache.max_wasted_percentage", 0.05},
      {"opcache.consistency_checks", 0},
      {"opcache.force_restart_timeout", 180},
      {"opcache.revalidate_freq", 2},
      {"opcache.preferred_memory_model", ""},
      {"opcache.blacklist_filename", ""},
      {"opcache.max_file_size", 0},
      {"opcache.error_log", ""},
      {"opcache.protect_memory", false},
      {"opcache.save_comments", true},
      {"opcache.record_warnings", false},
      {"opcache.enable_file_override", false},
      {"opcache.optimization_level", 2147401727},
      {"opcache.lockfile_path", "/tmp"},
      {"opcache.file_cache", ""},
      {"opcache.file_cache_only", false},
      {"opcache.file_cache_consistency_checks", true},
      {"opcache.file_update_protection", 2},
      {"opcache.opt_debug_level", 0},
      {"opcache.restrict_api", ""},
      {"opcache.huge_code_pages", false},
      {"opcache.preload", ""},
      {"opcache.preload_user", ""},
      {"opcache.jit", "disable"},
      {"opcache.jit_buffer_size", 0},
      {"opcache.jit_debug", 0},
      {"opcache.jit_bisect_limit", 0},
      {"opcache.jit_blacklist_root_trace", 16},
      {"opcache.jit_blacklist_side_trace", 8},
      {"opcache.jit_hot_func", 127},
      {"opcache.jit_hot_loop", 64},
      {"opcache.jit_hot_return", 8},
      {"opcache.jit_hot_side_exit", 8},
      {"opcache.jit_max_exit_counters", 8192},
      {"opcache.jit_max_loop_unrolls", 8},
      {"opcache.jit_max_polymorphic_calls", 2},
      {"opcache.jit_max_recursive_calls", 2},
      {"opcache.jit_max_recursive_returns", 2},
      {"opcache.jit_max_root_traces", 1024},
      {"opcache.jit_max_side_traces", 128},
      {"opcache.jit_prof_threshold", 0},
  };
  table configuration({"Directive", "Value"});
  for (auto const& [name, setting] : directives) configuration.add_row({name, var_export(setting)});
  CHECK(rendered(configuration) == golden("opcache_configuration.txt"));
}

TEST_CASE("the table of opcache:status:scripts is that of CacheTool") {
  table list = scripts();
  list.add_row({grouped(12), bytes(2040), "/srv/demo/probe_status.php"});
  list.add_row({grouped(0), bytes(616), "/srv/demo/site/sp ace/x.php"});
  list.add_row({grouped(0), bytes(1216), "/srv/demo/site/s3.php"});
  list.add_row({grouped(0), bytes(1216), "/srv/demo/site/s1.php"});
  list.add_row({grouped(0), bytes(616), "/srv/demo/site/sub/x.php"});
  list.add_row({grouped(0), bytes(616), "/srv/demo/site/sub/q'uote.php"});
  list.add_row({grouped(0), bytes(1216), "/srv/demo/site/s2.php"});
  list.add_row({grouped(0), bytes(616), "/srv/demo/site/sub/<b>.php"});
  CHECK(rendered(list) == golden("opcache_status_scripts.txt"));
}

TEST_CASE("a table without rows is border, header, border, as that of CacheTool") {
  CHECK(rendered(scripts()) == golden("opcache_status_scripts_empty.txt"));
}

TEST_CASE("a column is as wide as its widest cell") {
  table wide({"A", "Header"});
  wide.add_row({"longest", "b"});
  CHECK(rendered(wide) ==
        "+---------+--------+\n"
        "| A       | Header |\n"
        "+---------+--------+\n"
        "| longest | b      |\n"
        "+---------+--------+\n");
}

TEST_CASE("missing cells are empty and further ones are dropped") {
  table uneven({"A", "B"});
  uneven.add_row({"1"});
  uneven.add_row({});
  uneven.add_row({"1", "2", "3"});
  CHECK(rendered(uneven) ==
        "+---+---+\n"
        "| A | B |\n"
        "+---+---+\n"
        "| 1 |   |\n"
        "|   |   |\n"
        "| 1 | 2 |\n"
        "+---+---+\n");
}

TEST_CASE("cells are padded to the width that they have on a terminal") {
  table names({"Key"});
  names.add_row({"\u4E2D\u6587"});
  names.add_row({"e\u0301"});
  names.add_row({"\U0001F600"});
  CHECK(rendered(names) ==
        "+------+\n"
        "| Key  |\n"
        "+------+\n"
        "| \u4E2D\u6587 |\n"
        "| e\u0301    |\n"
        "| \U0001F600   |\n"
        "+------+\n");
}

TEST_CASE("controls in cells and headers are escaped, so that a row is one line") {
  table hostile({"K\ney"});
  hostile.add_row({"a\n\033[31m\xFF"});
  CHECK(rendered(hostile) ==
        "+---------------+\n"
        "| K\\ney         |\n"
        "+---------------+\n"
        "| a\\n\\e[31m\\xFF |\n"
        "+---------------+\n");
}

TEST_CASE("a table of long rows, short ones and separators is shown as it was filled") {
  table mixed({"Number", "Text"});
  std::string const longest(300000, 'x');
  for (int i = 0; i < 3; ++i) {
    mixed.add_row({std::to_string(i), longest});
    mixed.add_separator();
  }
  for (int i = 0; i < 100; ++i) mixed.add_row({std::to_string(i)});
  std::size_t lines = 0;
  std::size_t with_text = 0;
  std::size_t borders = 0;
  mixed.render([&](std::string_view line) {
    ++lines;
    with_text += line.find(longest) != std::string_view::npos ? 1U : 0U;
    borders += line.starts_with('+') ? 1U : 0U;
  });
  CHECK(lines == 100 + 3 + 3 + 4);
  CHECK(with_text == 3);
  CHECK(borders == 3 + 3);
}

TEST_CASE("a table of many rows is shown as it was filled") {
  table many({"Number", "Text"});
  for (int i = 0; i < 50000; ++i) many.add_row({std::to_string(i), "a text of some length"});
  int next = 0;
  int wrong = 0;
  many.render([&](std::string_view line) {
    if (line.starts_with('+') || line.starts_with("| Number")) return;
    wrong += line.starts_with("| " + std::to_string(next++) + " ") ? 0 : 1;
  });
  CHECK(next == 50000);
  CHECK(wrong == 0);
}
