#include "advice/subject.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::advice;
using test::healthy;

namespace {

bool contains(std::string const& text, std::string const& part) {
  return text.find(part) != std::string::npos;
}

// A pool that may have twenty workers, and has ten.
subject loaded() {
  auto out = healthy();
  out.host = test::with_pools({test::pool_with("www", {{"pm.max_children", "20"}})});
  out.load.emplace();
  out.load->manager = "dynamic";
  out.load->workers = 10;
  out.load->active = 1;
  out.load->queue_size = 511;
  return out;
}

}  // namespace

TEST_CASE("a pool that nobody asked for its status is not judged by it") {
  CHECK_FALSE(check_busy(healthy()));
  CHECK_FALSE(check_queue(healthy()));
  CHECK_FALSE(check_max_children(healthy()));
  CHECK_FALSE(check_slow_requests(healthy()));
}

TEST_CASE("nine tenths of pm.max_children busy, without the worker that answers, are a warning") {
  auto patient = loaded();
  CHECK(check_busy(patient)->how == level::ok);
  CHECK(contains(check_busy(patient)->message, "0 of 20 workers busy"));
  patient.load->active = 18;
  CHECK(check_busy(patient)->how == level::ok);
  patient.load->active = 19;
  CHECK(check_busy(patient)->how == level::warning);
  CHECK(contains(check_busy(patient)->hint, "set pm.max_children = 40 in /etc/pool.conf:1"));
}

TEST_CASE("without its configuration, a static pool has as many workers as it may") {
  auto patient = loaded();
  patient.host.reset();
  patient.load->active = 10;
  CHECK(check_busy(patient)->how == level::ok);
  patient.load->manager = "static";
  CHECK(check_busy(patient)->how == level::warning);
}

TEST_CASE("connections that wait are a warning, and a failure when hardly any more may") {
  auto patient = loaded();
  CHECK_FALSE(check_queue(patient));
  patient.load->queue = 1;
  CHECK(check_queue(patient)->how == level::warning);
  CHECK(contains(check_queue(patient)->message, "1 connection waits"));
  patient.load->queue = 460;
  CHECK(check_queue(patient)->how == level::failure);
  patient.load->queue_size = 0;
  CHECK(check_queue(patient)->how == level::warning);
}

TEST_CASE("what reached its limit since php-fpm was started is a note, since the last look a warning") {
  auto patient = loaded();
  CHECK_FALSE(check_max_children(patient));
  CHECK_FALSE(check_slow_requests(patient));
  patient.load->limit_reached = 3;
  patient.load->slow_requests = 2;
  CHECK(check_max_children(patient)->how == level::note);
  CHECK(check_slow_requests(patient)->how == level::note);
  patient.since = growth{};
  CHECK_FALSE(check_max_children(patient));
  CHECK_FALSE(check_slow_requests(patient));
  patient.since = growth{.limit_reached = 1, .slow_requests = 1};
  CHECK(check_max_children(patient)->how == level::warning);
  CHECK(contains(check_max_children(patient)->message, "1 time since the last look"));
  CHECK(check_slow_requests(patient)->how == level::warning);
}
