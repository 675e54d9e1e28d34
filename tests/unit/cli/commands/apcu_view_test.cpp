#include "cli/commands/apcu_view.hpp"

#include "golden.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::cli;
using test::golden;
using test::rendered;

namespace {

template <typename T>
std::string json_of(T const& what) {
  std::string text;
  report::json_writer writer([&text](std::string_view part) { text += part; });
  report::write_object(writer, fields(what));
  writer.flush();
  return text;
}

apcu::info some_info() {
  apcu::info info;
  info.slots = 4099;
  info.hits = 17;
  info.misses = 1;
  info.inserts = 18;
  info.start_time = 932;
  info.memory = 2216;
  info.entries = 12;
  info.memory_type = "mmap";
  return info;
}

apcu::key some_key(std::string_view name, std::int64_t memory, std::int64_t hits = 1) {
  return {hits, memory, 1700000000, 1700000000, 1700000000, 0, 0, 0, name};
}

}  // namespace

TEST_CASE("apcu:cache:info is the recorded table") {
  CHECK(rendered(info_table(some_info())) == golden("apcu_cache_info.txt"));
}

TEST_CASE("a start time that is not known is shown so") {
  apcu::info info = some_info();
  info.start_time.reset();
  CHECK(rendered(info_table(info)).find("| Start time           | Unknown") != std::string::npos);
  CHECK(json_of(info).find("\"start_time\":null") != std::string::npos);
  CHECK(report::texts(fields(info)).at(6).empty());
}

TEST_CASE("apcu:cache:info:keys is the recorded table, but each key on one line") {
  report::table table = keys_table();
  add_row(table, some_key("big", 360));
  add_row(table, some_key("bin", 160));
  add_row(table, some_key("uni", 168));
  add_row(table, some_key("foo", 160, 6));
  add_row(table, some_key("num", 160));
  add_row(table, some_key("obj", 224));
  add_row(table, some_key("q'uo\"te\n", 184));
  add_row(table, some_key("", 168));
  add_row(table, some_key("arr", 216));
  add_row(table, some_key("f", 128));
  add_row(table, some_key("ev", 160));
  add_row(table, some_key("int", 128));
  CHECK(rendered(table) == golden("apcu_cache_info_keys.txt"));
}

TEST_CASE("a key that was never read is not accessed, and one whose time is not known is") {
  apcu::key never = some_key("a", 1);
  never.accessed = 0;
  apcu::key unknown = some_key("b", 1);
  unknown.accessed.reset();
  report::table table = keys_table();
  add_row(table, never);
  add_row(table, unknown);
  CHECK(rendered(table).find("| 1    | No       | No      | 1 b         | a   |") != std::string::npos);
  CHECK(rendered(table).find("| 1    | Yes      | No      | 1 b         | b   |") != std::string::npos);
}

TEST_CASE("a key is whole in JSON, its bytes in base64 if they are no text") {
  CHECK(json_of(some_key("\xFF", 160)) ==
        R"({"num_hits":1,"access_time":1700000000,"creation_time":1700000000,"mtime":1700000000,)"
        R"("deletion_time":0,"ttl":0,"ref_count":0,"mem_size":160,"info":{"base64":"/w=="}})");
  CHECK(report::texts(fields(some_key("\xFF", 160))).back() == "\xFF");
}

TEST_CASE("a clear says how many entries there were") {
  CHECK(clear_text({{}, 12, 0}) == "APCu cleared, 12 entries");
  CHECK(clear_text({{}, 1, 0}) == "APCu cleared, 1 entry");
  CHECK(clear_text({{}, 12, 2}) == "APCu cleared, 12 entries, 2 stored since");
}

TEST_CASE("a value is shown as var_export writes it, PHP's own text first") {
  CHECK(value_text({{}, true, "it's", {}}) == R"('it\'s')");
  CHECK(value_text({{}, true, php::object{"ArrayObject", {}}, "ArrayObject::__set_state(array(\n))"}) ==
        "\\ArrayObject::__set_state(array(\n))");
}

TEST_CASE("a regular expression with delimiters is used as it is") {
  CHECK(to_pcre("/^user_/") == "/^user_/");
  CHECK(to_pcre("/a\\/b/iu") == "/a\\/b/iu");
}

TEST_CASE("a pattern without delimiters gets one that it does not hold") {
  CHECK(to_pcre("^user_") == "\x01^user_\x01");
  CHECK(to_pcre("#a#") == "\x01#a#\x01");
  CHECK(to_pcre("/half") == "\x01/half\x01");
  CHECK(to_pcre("/") == "\x01/\x01");
  CHECK(to_pcre("/a/1") == "\x01/a/1\x01");
}

TEST_CASE("an empty pattern is empty with and without delimiters") {
  CHECK(to_pcre("").empty());
  CHECK(to_pcre("//").empty());
  CHECK(to_pcre("//i").empty());
}

TEST_CASE("a million keys are kept to be shown, and no more") {
  kept_keys keys;
  for (int i = 0; i < 1'000'000; ++i) keys.count("x");
  CHECK_THROWS_WITH(keys.count("x"), "there are more than 1,000,000 keys, too many to be shown at once");
}

TEST_CASE("of the names of keys 128 MiB are kept to be shown, and no more") {
  kept_keys keys;
  std::string const name(std::size_t{1} << 20, 'x');
  for (int i = 0; i < 128; ++i) keys.count(name);
  CHECK_THROWS_WITH(keys.count("x"), "the keys have more than 128 MiB of text, too many to be shown at once");
}
