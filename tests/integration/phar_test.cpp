// Scripts in a phar: OPcache knows them as phar:///app/x.phar/in.php, and it is the phar that changes.

#include <chrono>
#include <filesystem>
#include <thread>

#include <cachetool/pool.hpp>

#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::call;
using test::contains;
using test::php_fpm;
namespace fs = std::filesystem;

namespace {

/// A php-fpm whose page shows what a phar in app/ has to say.
class site_with_phar {
 public:
  explicit site_with_phar(std::string const& validates, std::map<std::string, std::string> ini = {})
      : server_(options(validates, std::move(ini))) {
    fs::create_directory(directory());
    fs::permissions(directory(), fs::perms::all);
    page_ = server_.write_script("page.php", "<?php include 'phar://" + phar() + "/in.php';");
  }

  [[nodiscard]] std::string directory() const { return server_.document_root() + "/app"; }
  [[nodiscard]] std::string phar() const { return directory() + "/x.phar"; }
  [[nodiscard]] std::string visit() const { return test::run_script(server_, page_).body; }
  [[nodiscard]] php_fpm const& server() const { return server_; }

  /// A phar built anew is put in the place of the one that is there. What is in it is as old as ever.
  void build(std::string const& text) const {
    CHECK(run("$to = '" + phar() + R"(';
      $phar = new \Phar("$to.new.phar");
      $phar['in.php'] = "<?php echo ')" +
              text + R"(';";
      unset($phar);
      echo rename("$to.new.phar", $to);)") == "1");
  }

  [[nodiscard]] bool is_cached() const {
    return run("ini_set('opcache.validate_timestamps', '0'); echo (int) opcache_is_script_cached('phar://" + phar() +
               "/in.php');") == "1";
  }

 private:
  /// PHP keeps even this, so each has a name of its own.
  [[nodiscard]] std::string run(std::string const& code) const {
    static int number = 0;
    return test::run_script(server_, server_.write_script("run" + std::to_string(++number) + ".php", "<?php " + code))
        .body;
  }

  static test::fpm_options options(std::string const& validates, std::map<std::string, std::string> ini) {
    test::fpm_options options = test::one_pool();
    options.extensions.push_back("phar.so");
    ini["opcache.validate_timestamps"] = validates;
    ini["opcache.revalidate_freq"] = "60";
    ini["opcache.file_update_protection"] = "0";
    ini["phar.readonly"] = "0";
    options.ini = std::move(ini);
    return options;
  }

  php_fpm server_;
  std::string page_;
};

/// Before PHP 8 opcache_invalidate() knows no phar, and without timestamps nothing else helps.
bool can_forget() {
  return php_fpm::version() != "7.4";
}

}  // namespace

TEST_CASE("a phar that was replaced is served as it is now after a refresh of its directory, or that says why not") {
  for (auto const* validates : {"0", "1"}) {
    INFO("validate_timestamps=" << validates);
    site_with_phar const site(validates);
    site.build("old");
    CHECK(site.visit() == "old");
    site.build("newer");
    auto const output = call(site.server(), {"opcache:refresh", site.directory()});
    INFO(output.out << output.err);
    if (can_forget()) {
      CHECK(output.exit_code == 0);
      CHECK(site.visit() == "newer");
    } else if (output.exit_code == 0) {
      CHECK(site.visit() == "newer");
    } else {
      CHECK(contains(output.err, "this PHP keeps what it has cached of a phar until a reset"));
    }
  }
}

TEST_CASE("a list that names a phar refreshes what is cached of it") {
  site_with_phar const site("0");
  site.build("old");
  CHECK(site.visit() == "old");
  site.build("newer");
  auto const list = site.server().write_script("list.txt", site.phar() + "\n");
  auto const output = call(site.server(), {"opcache:refresh", "--from-list=" + list});
  INFO(output.out << output.err);
  CHECK((output.exit_code == 0) == can_forget());
  if (can_forget()) CHECK(site.visit() == "newer");
}

TEST_CASE("a phar that has not changed since it was cached is left as it is") {
  site_with_phar const site("0");
  site.build("old");
  std::this_thread::sleep_for(std::chrono::milliseconds(3100));
  pool{site.server().endpoint()}.opcache_reset();
  CHECK(site.visit() == "old");
  auto const output = call(site.server(), {"opcache:refresh", site.directory()});
  CHECK(contains(output.out, ": 0 scripts refreshed, 1 unchanged\n"));
}

TEST_CASE("scripts of a phar are invalidated with the directory that it lies in") {
  site_with_phar const site("0");
  site.build("old");
  CHECK(site.visit() == "old");
  REQUIRE(site.is_cached());
  auto const output = call(site.server(), {"opcache:invalidate:scripts", "--force", site.directory() + "/"});
  INFO(output.out << output.err);
  CHECK(contains(output.out, "phar://" + site.phar() + "/in.php"));
  CHECK(site.is_cached() != can_forget());
  if (!can_forget()) CHECK(contains(output.err, "PHP did not invalidate 1 script"));
}

TEST_CASE("what is cached of a phar that is gone is forgotten by a refresh and by prune, or that is said") {
  for (bool const prune : {false, true}) {
    site_with_phar const site("0");
    site.build("old");
    CHECK(site.visit() == "old");
    fs::remove(site.phar());
    auto const output =
        prune ? call(site.server(), {"opcache:prune"}) : call(site.server(), {"opcache:refresh", site.directory()});
    INFO(output.out << output.err);
    CHECK(site.is_cached() != can_forget());
    bool const tells = contains(output.out + output.err, can_forget() ? "forgotten" : "until a reset");
    CHECK(tells);
  }
}
