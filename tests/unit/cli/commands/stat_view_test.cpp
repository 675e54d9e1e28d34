#include "cli/commands/stat_view.hpp"

#include "golden.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::cli;
using test::golden;

namespace {

realpath_cache::listing some_listing() {
  std::string const file = "/tmp/cachetool-6b037fc2b8cef0.00452621.php";
  return {{"www", "8.2.36", 7},
          {{file, std::int64_t{512580015550401082}, false, file, 1795391546},
           {"/tmp", 1.6709564980243e19, true, "/tmp", 1795391546}}};
}

}  // namespace

TEST_CASE("stat:realpath_get is the recorded table") {
  CHECK(test::rendered(realpath_table(some_listing())) == golden("stat_realpath_get.txt"));
}

TEST_CASE("stat:realpath_get tells its worker in JSON") {
  std::string text;
  report::json_writer writer([&text](std::string_view part) { text += part; });
  write_json(writer, some_listing());
  writer.flush();
  CHECK(text.find(R"({"pid":7,"entries":[{"path":"/tmp/cachetool-)") == 0);
  CHECK(text.find(R"("is_dir":true,"realpath":"/tmp","expires":1795391546})") != std::string::npos);
  CHECK(csv_rows(some_listing()).at(1).at(3) == "/tmp");
}

TEST_CASE("a clear says in how many of the workers it took place") {
  CHECK(clear_text(realpath_cache::clear_report{{}, 4, 4}) == "realpath cache cleared in 4/4 workers");
  CHECK(clear_text(realpath_cache::clear_report{{}, 1, 1}) == "realpath cache cleared in 1/1 worker");
  CHECK(clear_text(realpath_cache::clear_report{{}, 4, 3}) == "realpath cache cleared in 3/4 workers");
}

TEST_CASE("a clear of an unknown number of workers says that one was reached") {
  CHECK(clear_text(realpath_cache::clear_report{{}, 0, 1}) == "realpath cache cleared in the one worker that answered");
  CHECK(report::texts(fields(realpath_cache::clear_report{{}, 0, 1})).back().empty());
}
