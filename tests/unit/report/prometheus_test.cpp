#include "report/prometheus.hpp"

#include <limits>

#include "support/catch.hpp"

using namespace cachetool::report;

namespace {

constexpr metric size{"size_bytes", metric::kind::gauge, "How large."};
constexpr metric hits{"hits_total", metric::kind::counter, "How often."};

}  // namespace

TEST_CASE("a metric's samples stand together below its help and type, in whatever order they came") {
  prometheus_text out;
  out.add(size, {{"pool", "a"}}, std::int64_t{1});
  out.add(hits, {}, std::int64_t{7});
  out.add(size, {{"pool", "b"}, {"php_version", "8.2"}}, 0.5);
  CHECK(out.text() ==
        "# HELP size_bytes How large.\n# TYPE size_bytes gauge\nsize_bytes{pool=\"a\"} 1\n"
        "size_bytes{pool=\"b\",php_version=\"8.2\"} 0.5\n"
        "# HELP hits_total How often.\n# TYPE hits_total counter\nhits_total 7\n");
}

TEST_CASE("somebody else's name in a label can end neither the label nor the line") {
  prometheus_text out;
  out.add(size, {{"pool", "a\"} 1\nevil 2\\\xff"}}, std::int64_t{1});
  CHECK(out.text().ends_with("size_bytes{pool=\"a\\\"} 1\\\\nevil 2\\\\\\\\xFF\"} 1\n"));
}

TEST_CASE("numbers that are none have the names that Prometheus reads") {
  prometheus_text out;
  out.add(size, {}, std::numeric_limits<double>::infinity());
  out.add(size, {}, -std::numeric_limits<double>::infinity());
  out.add(size, {}, std::numeric_limits<double>::quiet_NaN());
  CHECK(out.text().ends_with("size_bytes +Inf\nsize_bytes -Inf\nsize_bytes NaN\n"));
}
