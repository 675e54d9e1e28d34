#include "adapter/examination.hpp"

#include <sys/syscall.h>

#include "machine_tree.hpp"
#include "support/catch.hpp"

using namespace cachetool;
using fpm::doing;

namespace {

fpm::pool_load load_of(std::vector<doing> const& workers, std::size_t waiting = 0) {
  fpm::pool_load load;
  load.pool = "www";
  for (doing const each : workers) load.workers.push_back({1, each});
  load.connections = fpm::connection_count{workers.size(), waiting};
  return load;
}

error timeout(phase at = phase::receive) {
  return error(error_kind::timeout, "no answer within 1 s").during(at).may_have_run(at == phase::receive).on("/x.sock");
}

fpm::setting const four_children{"pm.max_children", {"4", "/etc/www.conf", 7}};

bool contains(std::string const& text, std::string const& part) {
  return text.find(part) != std::string::npos;
}

/// A machine with one master, whose pool www has these lines.
struct one_master {
  explicit one_master(std::string const& lines) {
    machine.file("/etc/fpm.conf", "[www]\nlisten = /run/www.sock\n" + lines + "\n");
    machine.master(10, "/etc/fpm.conf", "/usr/sbin/php-fpm8.2");
    machine.worker(11, 10, "www");
  }

  [[nodiscard]] error examine(error const& failed) const {
    return adapter::examined(failed, fastcgi::endpoint::unix_socket("/run/www.sock"), 10, machine.where_to_look());
  }

  test::machine_tree machine;
};

}  // namespace

TEST_CASE("a timeout of a pool that is busy says how many of how many are, and how many wait") {
  auto const failed = adapter::with_load(timeout(), load_of({doing::running, doing::running}, 3), four_children);
  CHECK(failed.message() ==
        "no answer within 1 s: all 2 of 2 workers of the pool www are busy, and 3 connections wait; php-fpm may still "
        "run the call");
  CHECK(contains(failed.hint(), "--timeout=SECONDS"));
  CHECK(contains(failed.hint(), "/etc/www.conf:7 (pm.max_children = 4)"));
  CHECK(failed.kind() == error_kind::timeout);
  CHECK(failed.endpoint() == "/x.sock");
  CHECK(failed.may_have_run());
}

TEST_CASE("the only worker is called that") {
  CHECK(contains(adapter::with_load(timeout(), load_of({doing::running}), {}).message(),
                 "1 s: the only worker of the pool www is busy; "));
}

TEST_CASE("a call that was never connected was not begun, and wants more time to connect") {
  auto const failed = adapter::with_load(timeout(phase::connect), load_of({doing::running}), {});
  CHECK(contains(failed.message(), "; the call was not begun"));
  CHECK(contains(failed.hint(), "--connect-timeout=SECONDS"));
  CHECK(contains(failed.hint(), "'pm.max_children' of the pool"));
}

TEST_CASE("workers that kept connections hold are told, with what to do about those") {
  auto const some = adapter::with_load(timeout(), load_of({doing::held, doing::held, doing::running}), four_children);
  CHECK(contains(some.message(), "are busy, 2 of them with connections that their clients keep open; "));
  CHECK(contains(some.hint(), "'fastcgi_keep_conn off'"));
  CHECK(contains(some.hint(), "/etc/www.conf:7"));
  auto const all = adapter::with_load(timeout(), load_of({doing::held, doing::held}), {});
  CHECK(contains(all.message(), "are busy, held by connections that their clients keep open; "));
}

TEST_CASE("who may not see what the workers do is told that root may") {
  auto const failed = adapter::with_load(timeout(), load_of({doing::unknown, doing::unknown}), {});
  CHECK(contains(failed.message(), "all 2 of 2 workers of the pool www are busy; "));
  CHECK(contains(failed.hint(), "; run as root, this tells whether a web server's kept connections hold them"));
}

TEST_CASE("where workers are idle the call itself takes long, and time is all that helps") {
  auto const failed = adapter::with_load(timeout(), load_of({doing::running, doing::idle}), four_children);
  CHECK(contains(failed.message(), ": 1 of 2 workers of the pool www is busy; "));
  CHECK(failed.hint() == "allow more time: --timeout=SECONDS");
}

TEST_CASE("where nothing is known of the workers the connections are counted") {
  CHECK(contains(adapter::with_load(timeout(), {}, {}).message(), "1 s; php-fpm may still run the call"));
  fpm::pool_load load;
  load.connections = fpm::connection_count{3, 1};
  CHECK(contains(adapter::with_load(timeout(), load, {}).message(),
                 ": 3 connections are open, and 1 connection waits; "));
}

TEST_CASE("a sweep that took too long wants a longer deadline") {
  auto const failed = adapter::with_load(timeout().blame_on(blame::whole_command), load_of({doing::running}), {});
  CHECK(contains(failed.hint(), "--deadline=SECONDS"));
}

TEST_CASE("a timeout is examined where the pool is found") {
  one_master const found("pm.max_children = 1");
  found.machine.file("/proc/11/syscall", "running\n");
  auto const failed = found.examine(timeout());
  CHECK(contains(failed.message(), "the only worker of the pool www is busy"));
  CHECK(contains(failed.hint(), "/etc/fpm.conf:3 (pm.max_children = 1)"));
}

TEST_CASE("the line of the configuration that forbids it is named, whatever the words of the failure are") {
  struct row {
    error_kind kind;
    blame whose;
    char const* name;
    char const* line;
  };
  row const all[] = {
      {error_kind::open_basedir, blame::unknown, "", "php_admin_value[open_basedir] = /srv"},
      {error_kind::limit_extensions, blame::unknown, "", "security.limit_extensions = .phtml"},
      {error_kind::restricted, blame::unknown, "", "php_value[opcache.restrict_api] = /srv"},
      {error_kind::not_visible, blame::unknown, "", "chroot = /srv/jail"},
      {error_kind::memory_limit, blame::unknown, "", "php_admin_value[memory_limit] = 8M"},
      {error_kind::worker_died, blame::unknown, "", "request_terminate_timeout = 5s"},
      {error_kind::opcache_off, blame::setting, "opcache.enable", "php_admin_flag[opcache.enable] = off"},
      {error_kind::opcache_off, blame::setting, "opcache.file_cache_only",
       "php_admin_value[opcache.file_cache_only] = 1"},
      {error_kind::disabled, blame::setting, "apc.enabled", "php_admin_value[apc.enabled] = 0"},
      {error_kind::disabled, blame::function, "opcache_reset",
       "php_admin_value[disable_functions] = exec, opcache_reset"},
      {error_kind::unreachable, blame::setting, "listen.allowed_clients", "listen.allowed_clients = 192.0.2.1"},
  };
  for (row const& one : all) {
    CAPTURE(one.line);
    auto const failed = error(one.kind, "it failed").advise("what helps").blame_on(one.whose, one.name);
    auto const examined = one_master(one.line).examine(failed);
    CHECK(examined.message() == std::string("it failed; see /etc/fpm.conf:3 (") + one.line + ")");
    CHECK(examined.hint() == "what helps");
  }
}

TEST_CASE("a line that does not forbid it is not named") {
  auto const disabled = error(error_kind::disabled, "it failed").blame_on(blame::function, "opcache_reset");
  CHECK(one_master("php_admin_value[disable_functions] = my_opcache_reset").examine(disabled).message() == "it failed");
  auto const off = error(error_kind::opcache_off, "it failed").blame_on(blame::setting, "opcache.enable");
  CHECK(one_master("php_admin_flag[opcache.enable] = on").examine(off).message() == "it failed");
  error const died(error_kind::worker_died, "it failed");
  CHECK(one_master("request_terminate_timeout = 0").examine(died).message() == "it failed");
}

TEST_CASE("a failure of which no setting is the cause stays as it is") {
  error const failed(error_kind::php_error, "PHP threw Exception");
  CHECK(one_master("memory_limit = 1").examine(failed).message() == failed.message());
}
