#include "cli/commands/opcache_view.hpp"

#include "golden.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::cli;
using test::golden;
using test::rendered;

// The tables that the commands show are compared with what CacheTool 10 printed for the same caches.

namespace {

opcache::status recorded_status() {
  opcache::status status;
  status.enabled = true;
  status.memory = opcache::memory_usage{18347704, 250087752, 0, 0};
  status.strings = opcache::interned_strings{16777216, 4560000, 12217216, 7721};
  opcache::statistics counts;
  counts.scripts = 8;
  counts.keys = 8;
  counts.max_keys = 32531;
  counts.start_time = 1795391161;
  counts.last_restart_time = 1795391531;
  counts.manual_restarts = 13;
  counts.misses = 18;
  status.counts = counts;
  return status;
}

std::string json_of(opcache::status const& status) {
  std::string text;
  report::json_writer json([&text](std::string_view part) { text += part; });
  write_json(json, status);
  json.flush();
  return text;
}

}  // namespace

TEST_CASE("the table of opcache:status is that of CacheTool") {
  CHECK(rendered(status_table(recorded_status())) == golden("opcache_status.txt"));
}

TEST_CASE("the coloured table of opcache:status is that of CacheTool") {
  opcache::status status = recorded_status();
  status.counts->hits = 10;
  status.counts->misses = 28;
  status.counts->hit_rate = 100 * 10 / 38.0;
  CHECK(rendered(status_table(status), true) == golden("opcache_status_colour.txt"));
}

TEST_CASE("opcache:status has PHP's names in JSON, and a member for each part") {
  std::string const text = json_of(recorded_status());
  CHECK(text.starts_with(R"({"opcache_enabled":true,"cache_full":false,"restart_pending":false,)"
                         R"("restart_in_progress":false,"memory_usage":{"used_memory":18347704,)"));
  CHECK(text.find(R"("opcache_statistics":{"num_cached_scripts":8,"num_cached_keys":8,)") != std::string::npos);
  CHECK(text.ends_with(R"("jit":null,"preload_statistics":null,"file_cache":null,"file_cache_only":false})"));
}

TEST_CASE("what PHP does not tell of a file cache alone is null in JSON, and empty in CSV") {
  opcache::status status;
  status.enabled = true;
  status.file_cache_only = true;
  CHECK(json_of(status).starts_with(
      R"({"opcache_enabled":true,"cache_full":null,"restart_pending":null,"restart_in_progress":null,)"
      R"("memory_usage":{"used_memory":null,)"));
  auto const texts = report::texts(fields(status));
  CHECK(texts.front() == "true");
  CHECK(texts.back().empty());
}

TEST_CASE("the table of opcache:configuration is that of CacheTool") {
  php::array const directives{{
      {php::key("opcache.enable"), true},
      {php::key("opcache.enable_cli"), false},
      {php::key("opcache.use_cwd"), true},
      {php::key("opcache.validate_timestamps"), false},
      {php::key("opcache.validate_permission"), false},
      {php::key("opcache.validate_root"), false},
      {php::key("opcache.dups_fix"), false},
      {php::key("opcache.revalidate_path"), false},
      {php::key("opcache.log_verbosity_level"), 1},
      {php::key("opcache.memory_consumption"), 268435456},
      {php::key("opcache.interned_strings_buffer"), 16},
      {php::key("opcache.max_accelerated_files"), 20000},
      {php::key("opcache.max_wasted_percentage"), 0.05},
      {php::key("opcache.consistency_checks"), 0},
      {php::key("opcache.force_restart_timeout"), 180},
      {php::key("opcache.revalidate_freq"), 2},
      {php::key("opcache.preferred_memory_model"), ""},
      {php::key("opcache.blacklist_filename"), ""},
      {php::key("opcache.max_file_size"), 0},
      {php::key("opcache.error_log"), ""},
      {php::key("opcache.protect_memory"), false},
      {php::key("opcache.save_comments"), true},
      {php::key("opcache.record_warnings"), false},
      {php::key("opcache.enable_file_override"), false},
      {php::key("opcache.optimization_level"), 2147401727},
      {php::key("opcache.lockfile_path"), "/tmp"},
      {php::key("opcache.file_cache"), ""},
      {php::key("opcache.file_cache_only"), false},
      {php::key("opcache.file_cache_consistency_checks"), true},
      {php::key("opcache.file_update_protection"), 2},
      {php::key("opcache.opt_debug_level"), 0},
      {php::key("opcache.restrict_api"), ""},
      {php::key("opcache.huge_code_pages"), false},
      {php::key("opcache.preload"), ""},
      {php::key("opcache.preload_user"), ""},
      {php::key("opcache.jit"), "disable"},
      {php::key("opcache.jit_buffer_size"), 0},
      {php::key("opcache.jit_debug"), 0},
      {php::key("opcache.jit_bisect_limit"), 0},
      {php::key("opcache.jit_blacklist_root_trace"), 16},
      {php::key("opcache.jit_blacklist_side_trace"), 8},
      {php::key("opcache.jit_hot_func"), 127},
      {php::key("opcache.jit_hot_loop"), 64},
      {php::key("opcache.jit_hot_return"), 8},
      {php::key("opcache.jit_hot_side_exit"), 8},
      {php::key("opcache.jit_max_exit_counters"), 8192},
      {php::key("opcache.jit_max_loop_unrolls"), 8},
      {php::key("opcache.jit_max_polymorphic_calls"), 2},
      {php::key("opcache.jit_max_recursive_calls"), 2},
      {php::key("opcache.jit_max_recursive_returns"), 2},
      {php::key("opcache.jit_max_root_traces"), 1024},
      {php::key("opcache.jit_max_side_traces"), 128},
      {php::key("opcache.jit_prof_threshold"), 0},
  }};
  opcache::configuration configuration;
  configuration.directives = directives;
  CHECK(rendered(configuration_table(configuration)) == golden("opcache_configuration.txt"));
}

TEST_CASE("the table of opcache:status:scripts is that of CacheTool") {
  report::table list = scripts_table();
  std::pair<std::int64_t, char const*> const scripts[] = {
      {2040, "/srv/demo/probe_status.php"}, {616, "/srv/demo/site/sp ace/x.php"},
      {1216, "/srv/demo/site/s3.php"},      {1216, "/srv/demo/site/s1.php"},
      {616, "/srv/demo/site/sub/x.php"},    {616, "/srv/demo/site/sub/q'uote.php"},
      {1216, "/srv/demo/site/s2.php"},      {616, "/srv/demo/site/sub/<b>.php"}};
  std::int64_t hits = 12;
  for (auto const& [memory, path] : scripts) {
    opcache::script script;
    script.hits = std::exchange(hits, 0);
    script.memory = memory;
    script.path = path;
    add_row(list, script);
  }
  CHECK(rendered(list) == golden("opcache_status_scripts.txt"));
}

TEST_CASE("opcache:status:scripts without scripts is border, header, border, as that of CacheTool") {
  CHECK(rendered(scripts_table()) == golden("opcache_status_scripts_empty.txt"));
}
