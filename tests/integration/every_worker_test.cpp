// A call that every worker is to run: each runs it, and nobody else has to wait for that.

#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <thread>

#include "adapter/fastcgi_adapter.hpp"
#include "caches/ask.hpp"
#include "caches/every_worker.hpp"
#include "fpm/processes.hpp"
#include "fpm_calls.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using namespace cachetool::test;
using namespace std::chrono_literals;

namespace {

void wait_for(std::function<bool()> const& condition) {
  for (int i = 0; i < 2000 && !condition(); ++i) std::this_thread::sleep_for(5ms);
  REQUIRE(condition());
}

std::vector<pid_t> workers_of(php_fpm const& server, std::string const& pool = "www") {
  return fpm::pool_workers(fpm::proc(), server.pid(), pool).value_or({});
}

/// A php-fpm all of whose workers have begun: one that has just been forked is nobody's yet.
std::unique_ptr<php_fpm> started(fpm_options const& options) {
  auto server = std::make_unique<php_fpm>(options);
  for (auto const& pool : options.pools) {
    if (pool.pm != "static") continue;
    wait_for([&] { return workers_of(*server, pool.name).size() == static_cast<std::size_t>(pool.max_children); });
  }
  return server;
}

/// The requests of each worker, in a log that php-fpm writes.
class access_log {
 public:
  access_log() { chmod(directory_.path().c_str(), 0777); }

  [[nodiscard]] std::vector<std::string> lines() const {
    return {"access.log = " + (directory_ / "access.log"), "access.format = \"%p %r%Q%q\""};
  }

  /// How many requests to URI each worker has answered.
  [[nodiscard]] std::map<pid_t, int> count(std::string const& uri) const {
    std::map<pid_t, int> out;
    std::ifstream in(directory_ / "access.log");
    pid_t pid = 0;
    for (std::string line; in >> pid && std::getline(in, line);) {
      if (contains(line, uri)) ++out[pid];
    }
    return out;
  }

 private:
  temp_dir directory_;
};

/// Clients that send short requests, one after the other, for as long as this lives.
class load {
 public:
  load(php_fpm const& server, int clients) {
    auto const script = server.write_script("short.php", "<?php usleep(3000);");
    for (int i = 0; i < clients; ++i) {
      threads_.emplace_back([this, &server, script] {
        while (!stop_) {
          static_cast<void>(run_script(server, script));
          ++answered_;
        }
      });
    }
    wait_for([this] { return answered_ > 20; });
  }
  load(load const&) = delete;
  load& operator=(load const&) = delete;
  ~load() {
    stop_ = true;
    for (auto& each : threads_) each.join();
  }

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<int> answered_ = 0;
  std::vector<std::thread> threads_;
};

/// The way to a pool.
struct way {
  explicit way(php_fpm const& server, std::string const& pool = "www") : php(server.endpoint(pool), {}, watcher) {}

  agent::observer watcher;
  adapter::fastcgi_adapter php;
};

std::vector<caches::sweep> sweep_all(std::vector<adapter::adapter*> const& pools,
                                     std::chrono::milliseconds patience = 20s) {
  return caches::run_in_every_worker(pools, caches::ask("stat.clear"), patience);
}

caches::sweep sweep_one(way& to, std::chrono::milliseconds patience = 20s) {
  return sweep_all({&to.php}, patience).front();
}

std::size_t reached(caches::sweep const& done) {
  std::map<std::int64_t, int> pids;
  for (auto const& answer : done.answers) ++pids[answer.pid];
  CHECK(pids.size() == done.answers.size());
  return pids.size();
}

}  // namespace

TEST_CASE("each worker of an idle pool runs the call exactly once") {
  access_log const log;
  auto const server = started(one_pool(log.lines(), 8));
  way www(*server);
  auto const done = sweep_one(www);
  CHECK(done.complete());
  CHECK(reached(done) == 8);
  wait_for([&] { return log.count("op=stat.clear").size() == 8; });
  for (auto const& [pid, requests] : log.count("op=stat.clear")) CHECK(requests == 1);
}

TEST_CASE("a pool on a TCP port is swept too") {
  auto options = one_pool({}, 4);
  options.pools[0].listen = "127.0.0.1:0";
  auto const server = started(options);
  way www(*server);
  auto const done = sweep_one(www);
  CHECK(done.workers_known);
  CHECK(done.complete());
  CHECK(reached(done) == 4);
}

TEST_CASE("a worker that runs a long request is waited for with few calls, and is reached when it has ended") {
  access_log const log;
  auto const server = started(one_pool(log.lines(), 8));
  auto const script = server->write_script("long.php", "<?php sleep(3);");
  std::thread longest([&] { static_cast<void>(run_script(*server, script)); });
  way www(*server);
  wait_for([&] { return www.php.connections().value_or(0) > 0; });
  auto const began = std::chrono::steady_clock::now();
  auto const done = sweep_one(www);
  CHECK(std::chrono::steady_clock::now() - began < 4s);
  longest.join();
  CHECK(reached(done) == 8);
  int requests = 0;
  for (auto const& [pid, count] : log.count("op=stat.clear")) requests += count;
  CHECK(requests < 200);
}

TEST_CASE("a worker that a call is not meant for does nothing") {
  auto const server = started(one_pool({}, 1));
  way www(*server);
  CHECK(www.php.run(caches::ask("site.remembered", {{"pids", php::array{}}})).result.is_null());
  CHECK_FALSE(www.php.run(caches::ask("site.remembered")).result.is_null());
}

TEST_CASE("every worker of a busy pool is reached") {
  auto const server = started(one_pool({}, 8));
  load const clients(*server, 16);
  way www(*server);
  auto const done = sweep_one(www);
  CHECK(done.complete());
  CHECK(reached(done) == 8);
}

TEST_CASE("while a worker is busy for long, the others serve other requests, and it is reached when it is free") {
  auto const server = started(one_pool({}, 3));
  auto const script = server->write_script("quick.php", "<?php echo 'quick';");
  long_request busy(*server, 20s);
  way www(*server);
  caches::sweep done;
  std::thread sweeping([&] { done = sweep_one(www); });
  for (int i = 0; i < 50; ++i) CHECK(run_script(*server, script).body == "quick");
  busy.end();
  sweeping.join();
  CHECK(done.complete());
  CHECK(reached(done) == 3);
}

TEST_CASE("a worker that is busy for longer than the deadline is named") {
  auto const server = started(one_pool({}, 3));
  long_request const busy(*server, 20s);
  way www(*server);
  auto const done = sweep_one(www, 300ms);
  CHECK_FALSE(done.complete());
  CHECK(reached(done) == 2);
  REQUIRE(done.missing.size() == 1);
  auto const workers = workers_of(*server);
  CHECK(std::count(workers.begin(), workers.end(), done.missing.front()) == 1);
}

TEST_CASE("a worker that ends meanwhile is not missing") {
  auto const server = started(one_pool({}, 2));
  auto const before = workers_of(*server);
  long_request const busy(*server, 20s);
  way www(*server);
  caches::sweep done;
  std::thread sweeping([&] { done = sweep_one(www); });
  std::this_thread::sleep_for(200ms);
  for (pid_t pid : before) kill(pid, SIGKILL);
  sweeping.join();
  CHECK(done.complete());
}

TEST_CASE("a pool whose workers end after each request is swept") {
  auto const server = started(one_pool({"pm.max_requests = 1"}, 4));
  for (int i = 0; i < 10; ++i) {
    way www(*server);
    auto const done = sweep_one(www);
    if (done.failure) FAIL(done.failure->message());
    REQUIRE(done.complete());
    REQUIRE_FALSE(done.answers.empty());
  }
  CHECK_FALSE(contains(server->log(), "SIGSEGV"));
}

TEST_CASE("a pool that starts workers on demand does not grow") {
  auto options = one_pool({"pm.process_idle_timeout = 60s"}, 6);
  options.pools[0].pm = "ondemand";
  php_fpm const server{options};
  {
    long_request const first(server, 20s);
    static_cast<void>(run_script(server, server.write_script("second.php", "<?php")));
  }
  auto const workers = workers_of(server).size();
  REQUIRE(workers >= 1);
  way www(server);
  auto const done = sweep_one(www);
  CHECK(done.complete());
  CHECK(reached(done) == workers);
  CHECK(workers_of(server).size() == workers);
}

TEST_CASE("a dynamic pool is swept as it is") {
  auto options = one_pool({}, 6);
  options.pools[0].pm = "dynamic";
  auto const server = started(options);
  wait_for([&] { return !workers_of(*server).empty(); });
  way www(*server);
  auto const done = sweep_one(www);
  CHECK(done.complete());
  CHECK(reached(done) >= 1);
}

TEST_CASE("the pools of one master are swept together, and one that cannot be reached does not keep the others") {
  auto options = one_pool({}, 3);
  options.pools.push_back({.name = "second", .max_children = 2, .lines = {"listen.mode = 0666"}});
  auto const server = started(options);
  way www(*server);
  way second(*server, "second");
  agent::observer watcher;
  adapter::fastcgi_adapter nowhere(fastcgi::endpoint::parse(server->directory() + "/no.sock"), {}, watcher);
  auto const done = sweep_all({&www.php, &nowhere, &second.php});
  REQUIRE(done.size() == 3);
  CHECK(reached(done[0]) == 3);
  CHECK(done[0].from.pool == "www");
  REQUIRE(done[1].failure);
  CHECK(done[1].failure->kind() == error_kind::unreachable);
  CHECK(reached(done[2]) == 2);
  CHECK(done[2].from.pool == "second");
}

TEST_CASE("a pool that is full for longer than the deadline keeps neither the deadline nor the other pool") {
  auto options = one_pool({}, 1);
  options.pools.push_back({.name = "second", .max_children = 2, .lines = {"listen.mode = 0666"}});
  auto const server = started(options);
  long_request const busy(*server, 20s);
  way www(*server);
  way second(*server, "second");
  auto const done = sweep_all({&www.php, &second.php}, 300ms);
  REQUIRE(done[0].failure);
  CHECK(done[0].failure->kind() == error_kind::timeout);
  CHECK(contains(done[0].failure->message(), "no worker answered within 300 ms"));
  CHECK(done[1].complete());
}

TEST_CASE("a reload in the middle of sweeps makes none of them fail") {
  auto const server = started(one_pool({}, 4));
  std::thread reloads([&] {
    for (int i = 0; i < 4; ++i) {
      std::this_thread::sleep_for(100ms);
      kill(server->pid(), SIGUSR2);
    }
  });
  std::string failures;
  for (int i = 0; i < 25; ++i) {
    way www(*server);
    auto const done = sweep_one(www);
    if (done.failure) failures += done.failure->message() + "\n";
    if (!done.missing.empty()) failures += "missing\n";
  }
  reloads.join();
  CHECK(failures == "");
}
