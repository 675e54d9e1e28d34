#include "caches/file_by_file.hpp"

#include "fake_adapter.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace std::chrono_literals;
using test::named;

namespace {

std::string const row =
    php::serialize(php::array{{{std::int64_t{0}, "cached"}, {std::int64_t{1}, ""}, {std::int64_t{2}, php::array{}}}});

/// A php-fpm that does all files of a request, and tells whether a processor was idle meanwhile.
class server {
 public:
  explicit server(php::value idle) : idle_(std::move(idle)) {}

  std::vector<std::int64_t> times;  ///< that each request may take
  std::vector<std::size_t> sent;    ///< files in each request
  bool live = false;
  double seconds_a_file = 0.001;
  test::fake_adapter php{[this](agent::call const& call) { return answer(call); }};

  void work(opcache::pacing const& pace, std::size_t files = 1000) {
    std::vector<std::string> const paths(files, "/a.php");
    opcache::file_by_file(
        php, paths, pace,
        [](std::span<std::string const> part) {
          return opcache::ask("opcache.refresh", {{"count", std::int64_t(part.size())}});
        },
        [](std::string const&, opcache::compile_row const&) {}, {});
  }

 private:
  agent::answer answer(agent::call const& call) {
    auto const count = static_cast<std::size_t>(call.arguments["count"].as_int());
    for (std::size_t i = 0; i < count; ++i) call.rows(row);
    times.push_back(call.arguments["time"].as_int());
    live = call.arguments["live"].as_bool();
    sent.push_back(count);
    agent::answer out;
    out.result = named({{"enabled", true}, {"idle", idle_}, {"took", static_cast<double>(count) * seconds_a_file}});
    return out;
  }

  php::value idle_;
};

}  // namespace

TEST_CASE("where a processor is idle nothing is waited for, and a worker that visitors may want is held for 20 ms") {
  server fpm{true};
  fpm.work({});
  CHECK(fpm.php.pauses == 0);
  CHECK(fpm.sent == std::vector<std::size_t>{10, 400, 400, 190});
  CHECK(fpm.times == std::vector<std::int64_t>{20, 20, 20, 20});
  CHECK(fpm.live);
}

TEST_CASE("where a processor is idle, a request for files that nobody asks for yet may last 50 ms") {
  server fpm{true};
  fpm.work({.live = false});
  CHECK(fpm.php.pauses == 0);
  CHECK(fpm.times == std::vector<std::int64_t>{20, 50, 50, 50});
  CHECK_FALSE(fpm.live);
}

TEST_CASE("where no processor is idle, each request is followed by a pause") {
  server fpm{false};
  fpm.work({}, 100);
  CHECK(fpm.php.pauses == 9);
  CHECK(fpm.php.longest_pause == 20ms);
  CHECK(fpm.sent == std::vector<std::size_t>(10, 10));
}

TEST_CASE("where no processor is idle, files that nobody asks for are sent as many as take 8 ms") {
  server fpm{false};
  fpm.seconds_a_file = 0.0004;
  fpm.work({.live = false}, 70);
  CHECK(fpm.sent == std::vector<std::size_t>{10, 20, 20, 20});
  CHECK(fpm.php.pauses == 3);
}

TEST_CASE("a pace that was asked for is kept, as is the usual one where nothing tells whether a processor is idle") {
  bool const is_asked_for = GENERATE(true, false);
  server fpm{is_asked_for ? php::value(true) : php::value()};
  fpm.work(is_asked_for ? opcache::pacing::of(70ms) : opcache::pacing{}, 30);
  CHECK(fpm.sent == std::vector<std::size_t>{10, 10, 10});
  CHECK(fpm.php.longest_pause == (is_asked_for ? 70ms : 20ms));
}

TEST_CASE("without a pause a request may last 50 ms") {
  server fpm{false};
  fpm.work(opcache::pacing::of(0ms), 20);
  CHECK(fpm.php.pauses == 0);
  CHECK(fpm.times == std::vector<std::int64_t>{50, 50});
}
