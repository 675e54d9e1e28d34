// APCu's commands against a real php-fpm.

#include <ctime>
#include <nlohmann/json.hpp>

#include <cachetool/apcu.hpp>
#include <cachetool/error.hpp>
#include <cachetool/pool.hpp>

#include "json_result.hpp"
#include "support/catch.hpp"
#include "support/php_fpm.hpp"
#include "support/program.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace std::string_literals;
using test::call;
using test::fpm_pool;
using test::php_fpm;
using test::result_of;
using test::run_program;

namespace {

test::program_result call_other(php_fpm const& server, std::vector<std::string> arguments) {
  return run_program(test::arguments_for(server, std::move(arguments), "other"));
}

/// Stores what the PHP expression VALUE gives, and returns what apcu:key:fetch prints.
std::string fetched(php_fpm const& server, std::string const& value, std::string const& key = "k") {
  auto const stored = call(server, {"php:eval", "-r", "return apcu_store('" + key + "', " + value + ");"});
  INFO(stored.err);
  CHECK(stored.out == "1\n");
  auto const answer = call(server, {"apcu:key:fetch", key});
  CHECK(answer.err.empty());
  CHECK(answer.exit_code == 0);
  return answer.out;
}

bool is_recent(nlohmann::json const& time) {
  return std::abs(time.get<std::int64_t>() - std::time(nullptr)) <= 60;
}

}  // namespace

TEST_CASE("values of every kind are fetched as var_export writes them") {
  php_fpm const server;
  CHECK(fetched(server, "'bar'") == "APCu key=k has value='bar'\n");
  CHECK(fetched(server, "''") == "APCu key=k has value=''\n");
  CHECK(fetched(server, "\"a\\nb\"") == "APCu key=k has value='a\nb'\n");
  CHECK(fetched(server, "\"\\0\\xff\\x1b[31m\"") == "APCu key=k has value='' . \"\\0\" . '\xff\x1b[31m'\n");
  CHECK(fetched(server, "7") == "APCu key=k has value=7\n");
  CHECK(fetched(server, "false") == "APCu key=k has value=false\n");
  CHECK(fetched(server, "null") == "APCu key=k has value=NULL\n");
  CHECK(fetched(server, "[0.1, -0.0, INF, 1e22, PHP_INT_MIN]") ==
        "APCu key=k has value=array (\n  0 => 0.1,\n  1 => -0.0,\n  2 => INF,\n  3 => 1.0E+22,\n"
        "  4 => -9223372036854775807-1,\n)\n");
  CHECK(fetched(server, "['a' => 1, 'b' => [1.5, null]]") ==
        "APCu key=k has value=array (\n  'a' => 1,\n  'b' => \n  array (\n    0 => 1.5,\n    1 => NULL,\n  ),\n)\n");
}

TEST_CASE("objects are fetched as PHP 8.2's var_export writes them, of a class that nobody knows too") {
  php_fpm const server;
  CHECK(fetched(server, "new ArrayObject([1])") ==
        "APCu key=k has value=\\ArrayObject::__set_state(array(\n   0 => 1,\n))\n");
  CHECK(fetched(server, "(object)['a' => 1]") == "APCu key=k has value=(object) array(\n   'a' => 1,\n)\n");
  CHECK(fetched(server, "unserialize('O:3:\"Foo\":1:{s:1:\"a\";i:1;}')") ==
        "APCu key=k has value=\\__PHP_Incomplete_Class::__set_state(array(\n"
        "   '__PHP_Incomplete_Class_Name' => 'Foo',\n   'a' => 1,\n))\n");
}

TEST_CASE("a value of ten megabytes is fetched whole") {
  php_fpm const server;
  CHECK(fetched(server, "str_repeat('0123456789', 1000000)").size() ==
        10'000'000 + "APCu key=k has value=''\n"s.size());
}

TEST_CASE("a value nested a thousand deep is fetched whole") {
  php_fpm const server;
  std::string const text =
      fetched(server, "(function ($a) { for ($i = 0; $i < 1000; $i++) $a = [$a]; return $a; })(1)");
  CHECK(text.find(std::string(2000, ' ') + "0 => 1,\n") != std::string::npos);
}

TEST_CASE("keys and values are stored byte for byte") {
  php_fpm const server;
  std::string const key = "q'u\"o\nt\\e\xff$k";
  CHECK(call(server, {"apcu:key:store", key, "v\xfe'\n"}).exit_code == 0);
  CHECK(call(server, {"apcu:key:fetch", key}).out == "APCu key=" + key + " has value='v\xfe\\'\n'\n");
  CHECK(call(server, {"apcu:key:exists", key}).out == "APCu key=" + key + " exists\n");
  CHECK(result_of(server, {"apcu:key:fetch", key})["value"] == nlohmann::json::parse(R"({"base64":"dv4nCg=="})"));
  CHECK(call(server, {"apcu:key:delete", key}).exit_code == 0);
  CHECK(call(server, {"apcu:key:exists", key}).exit_code == 1);
}

TEST_CASE("the empty key is a key") {
  php_fpm const server;
  CHECK(call(server, {"apcu:key:store", "", "v"}).exit_code == 0);
  CHECK(call(server, {"apcu:key:fetch", ""}).out == "APCu key= has value='v'\n");
}

TEST_CASE("a ttl is kept, and without one a key stays") {
  php_fpm const server;
  call(server, {"apcu:key:store", "a", "1", "3600"});
  CHECK(result_of(server, {"apcu:cache:info:keys"})["cache_list"][0]["ttl"] == 3600);
  call(server, {"apcu:key:store", "a", "1"});
  CHECK(result_of(server, {"apcu:cache:info:keys"})["cache_list"][0]["ttl"] == 0);
}

TEST_CASE("times are Unix times, after a clear too") {
  php_fpm const server;
  CHECK(is_recent(result_of(server, {"apcu:cache:info"})["start_time"]));
  call(server, {"apcu:cache:clear"});
  CHECK(is_recent(result_of(server, {"apcu:cache:info"})["start_time"]));
  call(server, {"apcu:key:store", "a", "1"});
  auto const key = result_of(server, {"apcu:cache:info:keys"})["cache_list"][0];
  CHECK(is_recent(key["creation_time"]));
  CHECK(is_recent(key["mtime"]));
  CHECK(key["deletion_time"] == 0);
}

TEST_CASE("a clear empties the cache that the pools of one master share") {
  php_fpm const server({.pools = {fpm_pool{.name = "www"}, fpm_pool{.name = "other"}}});
  call(server, {"apcu:key:store", "a", "1"});
  CHECK(call_other(server, {"apcu:key:exists", "a"}).exit_code == 0);
  CHECK(call_other(server, {"apcu:cache:clear"}).out ==
        server.endpoint("other").text() + " (pool other): APCu cleared, 1 entry\n");
  CHECK(call(server, {"apcu:key:exists", "a"}).exit_code == 1);
}

TEST_CASE("keys are deleted by a regular expression, with delimiters or without, and no others") {
  php_fpm const server;
  for (char const* key : {"user_1", "user_2", "USER_3", "other", "a(b"}) call(server, {"apcu:key:store", key, "x"});
  CHECK(call(server, {"apcu:regexp:delete", "^user_", "--dry-run"}).out.size() == "user_1\nuser_2\n"s.size());
  CHECK(call(server, {"apcu:key:exists", "user_1"}).exit_code == 0);
  CHECK(result_of(server, {"apcu:regexp:delete", "^user_"})["keys"].size() == 2);
  CHECK(call(server, {"apcu:regexp:delete", "/^user_/i"}).out.empty());
  CHECK(call(server, {"apcu:regexp:delete", "a[(]b"}).exit_code == 0);
  CHECK(result_of(server, {"apcu:cache:info:keys"})["cache_list"].size() == 1);
}

TEST_CASE("an empty pattern deletes every key if that is forced") {
  php_fpm const server;
  call(server, {"apcu:key:store", "a", "1"});
  CHECK(call(server, {"apcu:regexp:delete", ""}).exit_code == 2);
  CHECK(call(server, {"apcu:key:exists", "a"}).exit_code == 0);
  CHECK(call(server, {"apcu:regexp:delete", "", "--force"}).exit_code == 0);
  CHECK(call(server, {"apcu:key:exists", "a"}).exit_code == 1);
}

TEST_CASE("20,000 keys are listed with a memory_limit of 16M") {
  php_fpm const server({.ini = {{"apc.shm_size", "32M"}, {"memory_limit", "16M"}}});
  call(server, {"php:eval", "-r", "for ($i = 0; $i < 20000; $i++) apcu_store(\"key_$i\", $i);"});
  CHECK(result_of(server, {"apcu:cache:info:keys"})["cache_list"].size() == 20000);
}

TEST_CASE("a value that does not fit is an error") {
  php_fpm const server({.ini = {{"apc.shm_size", "1M"}}});
  auto const answer = call(server, {"apcu:key:store", "a", std::string(100'000, 'x')});
  CHECK(answer.exit_code == 0);
  fastcgi::endpoint const where = server.endpoint();
  REQUIRE_THROWS_AS(pool{where}.apcu_store("b", std::string(2'000'000, 'x')), error);
}

TEST_CASE("a clear takes place where apcu_cache_info() is disabled") {
  php_fpm const server({.ini = {{"disable_functions", "apcu_cache_info"}}});
  call(server, {"apcu:key:store", "k", "v"});
  CHECK(call(server, {"apcu:cache:clear"}).out.ends_with(": APCu cleared\n"));
  CHECK(call(server, {"apcu:key:exists", "k"}).exit_code == 1);
}

TEST_CASE("a value that cannot be read back is an error, and not a key that does not exist") {
  if (php_fpm::version() == "7.4") return test::does_not_apply("enumerations came with PHP 8.1");
  php_fpm const server;
  call(server, {"php:eval", "-r", "enum Suit { case Hearts; } apcu_store('k', Suit::Hearts);"});
  auto const answer = call(server, {"apcu:key:fetch", "k"});
  CHECK(answer.exit_code == 1);
  CHECK(answer.out.empty());
  CHECK(answer.err.find("Suit") != std::string::npos);
}

TEST_CASE("APCu that is not loaded is named") {
  php_fpm const server({.apcu = false});
  auto const answer = call(server, {"apcu:cache:info"});
  CHECK(answer.exit_code == 1);
  CHECK(answer.err.find("extension apcu is not loaded") != std::string::npos);
}

TEST_CASE("a program stores, fetches and deletes") {
  php_fpm const server;
  pool www(server.endpoint());
  php::array list;
  list.entries.push_back({std::int64_t{0}, 1.5});
  www.apcu_store("k", list, std::chrono::seconds{60});
  CHECK(www.apcu_fetch("k").value[std::string_view("0")].as_double() == 1.5);
  std::int64_t keys = 0;
  www.apcu_keys([&keys](apcu::key const& key) { keys += key.name == "k" ? 1 : 0; });
  CHECK(keys == 1);
  CHECK(www.apcu_info().entries == 1);
  CHECK(www.apcu_memory().segments == 1);
  CHECK(www.apcu_delete("k").done);
  CHECK_FALSE(www.apcu_delete("k").done);
  CHECK_FALSE(www.apcu_fetch("k").found);
  CHECK(www.apcu_clear().entries == 0);
}
