#include <cachetool/php/value.hpp>

#include <limits>
#include <thread>

#include "support/catch.hpp"

namespace php = cachetool::php;
using kind = php::value::type;

namespace {

php::value list_of(php::value item) {
  return php::array{{{std::int64_t{0}, std::move(item)}}};
}

}  // namespace

TEST_CASE("a value knows its kind") {
  CHECK(php::value().kind() == kind::null);
  CHECK(php::value(true).kind() == kind::boolean);
  CHECK(php::value(1).kind() == kind::integer);
  CHECK(php::value(1.5).kind() == kind::floating);
  CHECK(php::value("text").kind() == kind::string);
  CHECK(php::value(php::array{}).kind() == kind::array);
  CHECK(php::value(php::object{"A", {}}).kind() == kind::object);
  CHECK(php::value(php::custom_object{"A", "data"}).kind() == kind::custom_object);
  CHECK(php::value(php::enum_case{"Suit", "Hearts"}).kind() == kind::enum_case);
  CHECK(php::value(php::recursion{}).kind() == kind::recursion);
}

TEST_CASE("a reader gives the value of its own kind") {
  CHECK(php::value(true).as_bool());
  CHECK(php::value(-7).as_int() == -7);
  CHECK(php::value(1.5).as_double() == 1.5);
  CHECK(php::value("text").as_string() == "text");
}

TEST_CASE("a reader gives the fallback for another kind") {
  php::value const null;
  CHECK(null.as_bool(true));
  CHECK(null.as_int(5) == 5);
  CHECK(null.as_double(2.5) == 2.5);
  CHECK(null.as_string("none") == "none");
  CHECK(php::value("1").as_int(5) == 5);
  CHECK(php::value(1).as_string("none") == "none");
  CHECK_FALSE(php::value(1).as_bool());
}

TEST_CASE("a whole float in range reads as an integer") {
  CHECK(php::value(3.0).as_int() == 3);
  CHECK(php::value(-0x1p63).as_int() == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("a float that is not whole or too large does not read as an integer") {
  CHECK(php::value(3.5).as_int(-1) == -1);
  CHECK(php::value(0x1p63).as_int(-1) == -1);
  CHECK(php::value(std::numeric_limits<double>::infinity()).as_int(-1) == -1);
  CHECK(php::value(std::numeric_limits<double>::quiet_NaN()).as_int(-1) == -1);
}

TEST_CASE("an integer reads as a float") {
  CHECK(php::value(3).as_double() == 3.0);
}

TEST_CASE("an array finds its entries by key") {
  php::value const status = php::array{{{std::string("hits"), 7}, {std::int64_t{5}, "five"}, {std::string(), "empty"}}};
  CHECK(status["hits"].as_int() == 7);
  CHECK(status[""].as_string() == "empty");
  CHECK(status.has("hits"));
  CHECK_FALSE(status.has("misses"));
  CHECK(status["misses"].is_null());
}

TEST_CASE("a decimal name finds an integer key, as in PHP") {
  php::value const array =
      php::array{{{std::int64_t{5}, "five"}, {std::int64_t{0}, "zero"}, {std::string("05"), "text"}}};
  CHECK(array["5"].as_string() == "five");
  CHECK(array["05"].as_string() == "text");
  CHECK_FALSE(array.has("-0"));
}

TEST_CASE("what is no array has no entries") {
  CHECK(php::value("text").entries().empty());
  CHECK(php::value(php::object{"A", {{{std::string("a"), 1}}}}).entries().empty());
  CHECK(php::value(1)["key"].is_null());
  CHECK_FALSE(php::value().has("key"));
}

TEST_CASE("objects and enum cases are reached through pointers, null for another kind") {
  php::value const object = php::object{"A", {{{std::string("a"), 1}}}};
  REQUIRE(object.if_object() != nullptr);
  CHECK(object.if_object()->properties.entries.size() == 1);
  CHECK(object.if_custom_object() == nullptr);
  CHECK(object.if_enum_case() == nullptr);
  CHECK(php::value(php::enum_case{"Suit", "Hearts"}).if_enum_case()->case_name == "Hearts");
  CHECK(php::value(php::custom_object{"A", "data"}).if_custom_object()->data == "data");
}

TEST_CASE("a copy shares what the original holds") {
  php::value const first = list_of("text");
  php::value const second = first;
  CHECK(first.entries().data() == second.entries().data());
}

TEST_CASE("a value that was moved from can still be read") {
  php::value first = "text";
  php::value const second = std::move(first);
  CHECK(first.as_string("gone") == "gone");
  CHECK(second.as_string() == "text");
}

TEST_CASE("a value nested fifty thousand deep is destroyed without exhausting the stack") {
  php::value deep = 1;
  for (int i = 0; i < 25'000; ++i) {
    deep = list_of(std::move(deep));
    deep = php::object{"A", {{{std::string("a"), std::move(deep)}}}};
  }
  deep = {};
  CHECK(deep.is_null());
}

TEST_CASE("a value that has each of its parts twice, as deep, is destroyed without exhausting the stack") {
  php::value deep = 1;
  for (int i = 0; i < 50'000; ++i) deep = php::array{{{std::int64_t{0}, deep}, {std::int64_t{1}, deep}}};
  deep = {};
  CHECK(deep.is_null());
}

// The thread sanitizer sees here whether one thread takes apart what the other may still have read.
TEST_CASE("two threads may let go of values that share a part at the same time") {
  int right = 0;
  constexpr int rounds = 200;
  for (int i = 0; i < rounds; ++i) {
    php::value shared = list_of(list_of("text"));
    php::value one = list_of(shared);
    php::value other = list_of(std::move(shared));
    std::thread reader([&right, mine = std::move(one)]() mutable {
      right += mine["0"]["0"]["0"].as_string() == "text" ? 1 : 0;
      mine = {};
    });
    other = {};
    reader.join();
  }
  CHECK(right == rounds);
}

TEST_CASE("what is shared outlives the array it came from") {
  php::value inner = list_of("text");
  php::value outer = list_of(inner);
  outer = {};
  CHECK(inner.entries()[0].item.as_string() == "text");
}
