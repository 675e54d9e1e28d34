#include "report/record.hpp"

#include <array>

#include "support/catch.hpp"

using namespace cachetool;
using report::field;

namespace {

php::value const list(php::array{{{std::int64_t{0}, 7}}});

std::array<field, 7> const some{{{"name", std::string_view("a,b")},
                                 {"memory.used", std::int64_t{5}},
                                 {"memory.ratio", 0.5},
                                 {"on", true},
                                 {"left", report::maybe(std::nullopt)},
                                 {"why", report::unless_empty("")},
                                 {"all", &list}}};

std::string as_json(std::span<field const> record) {
  std::string text;
  report::json_writer json([&text](std::string_view part) { text += part; });
  report::write_object(json, record);
  json.flush();
  return text;
}

}  // namespace

TEST_CASE("the names of a record are the columns of CSV") {
  CHECK(report::names(some) ==
        std::vector<std::string>{"name", "memory.used", "memory.ratio", "on", "left", "why", "all"});
}

TEST_CASE("the values of a record are fields of CSV, and what is not there is empty") {
  CHECK(report::texts(some) == std::vector<std::string>{"a,b", "5", "0.5", "true", "", "", "[7]"});
}

TEST_CASE("a record is an object of JSON, and names with one part before a dot stand in an object of that name") {
  CHECK(as_json(some) ==
        R"({"name":"a,b","memory":{"used":5,"ratio":0.5},"on":true,"left":null,"why":null,"all":[7]})");
}

TEST_CASE("an object that a record ends in is closed") {
  CHECK(as_json(std::span(some).subspan(1, 2)) == R"({"memory":{"used":5,"ratio":0.5}})");
}
