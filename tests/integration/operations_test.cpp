// Which of the agent's operations each command uses. The agent's table says so, and doctor tells it to the user.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "agent/operations.hpp"
#include "base/take.hpp"
#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Pairs "command uses operation".
using uses = std::set<std::string>;

uses listed() {
  uses all;
  for (agent::operation const& each : agent::operations()) {
    for (std::string_view left = each.commands; !left.empty();) {
      std::string const command(base::take_until(left, '|'));
      if (command != "opcache:top") all.insert(command + " uses " + std::string(each.name));  // top_test.cpp looks
    }
  }
  return all;
}

uses without(uses all, uses const& others) {
  std::erase_if(all, [&others](std::string const& each) { return others.contains(each); });
  return all;
}

/// What the commands used that were run.
class observed {
 public:
  void run(std::vector<std::string> arguments) {
    static std::regex const executing("Executing: ([a-z_.]+) on ");
    std::string const command = arguments.front();
    arguments.emplace_back("-v");
    std::string const log = run_program(arguments).err;
    for (std::sregex_iterator at(log.begin(), log.end(), executing), end; at != end; ++at) {
      uses_.insert(command + " uses " + (*at)[1].str());
    }
  }

  void run(php_fpm const& server, std::vector<std::string> arguments) {
    run(arguments_for(server, std::move(arguments)));
  }

  [[nodiscard]] uses const& all() const noexcept { return uses_; }

 private:
  uses uses_;
};

fpm_options over_tcp() {
  auto options = options_for(2);
  options.pools.front().listen = "127.0.0.1:0";
  return options;
}

void use_each_cache(observed& of) {
  php_fpm const server{options_for(2)};
  std::string const page = server.write_script("page.php", "<?php echo 'page';");
  for (auto const& arguments :
       std::vector<std::vector<std::string>>{{"apcu:key:store", "key", "text"},
                                             {"apcu:key:exists", "key"},
                                             {"apcu:key:fetch", "key"},
                                             {"apcu:key:delete", "key"},
                                             {"apcu:regexp:delete", "^k"},
                                             {"apcu:cache:info"},
                                             {"apcu:cache:info:keys"},
                                             {"apcu:sma:info"},
                                             {"apcu:cache:clear"},
                                             {"doctor"},
                                             {"metrics"},
                                             {"opcache:check", "--state-dir=" + server.directory() + "/checks"},
                                             {"fpm:check", "--state-dir=" + server.directory() + "/checks"},
                                             {"fpm:status"},
                                             {"fpm:workers"},
                                             {"opcache:compile:script", page},
                                             {"opcache:compile:scripts", server.document_root()},
                                             {"opcache:configuration"},
                                             {"opcache:invalidate:scripts", "page"},
                                             {"opcache:reset"},
                                             {"opcache:status"},
                                             {"opcache:report"},
                                             {"opcache:status:scripts"},
                                             {"php:eval", "-r", "return 1;"},
                                             {"stat:clear"},
                                             {"stat:realpath_get"},
                                             {"stat:realpath_size"}}) {
    of.run(server, arguments);
  }
  of.run(php_fpm{over_tcp()}, {"stat:clear"});  // nobody but PHP tells which workers there are
}

// OPcache's files hold code that is older than the releases' files.
void use_file_cache(observed& of) {
  temp_dir const directory;
  chmod(directory.path().c_str(), 0777);
  auto options = options_for(2);
  options.ini["opcache.file_cache"] = directory.path();
  php_fpm const server{options};
  site pages;
  auto const make_stale = [&](std::string const& stale, std::string const& live) {
    pages.link(stale);
    of.run(server, {"stat:clear"});
    visits(server, pages, 4);
    pages.link(live);
    of.run(server, {"stat:clear"});
    of.run(server, {"opcache:reset", "--no-graceful"});
    pages.build(stale, stale + " anew");
    fs::last_write_time(pages.release(stale) + "/index.php", fs::file_time_type::clock::now() - 1min);
    visits(server, pages, 4);
  };
  make_stale("2", "1");
  of.run(server, {"deploy:warm", pages.release("2")});
  make_stale("2", "1");
  of.run(server, {"deploy:switch", pages.current(), pages.release("2")});
  make_stale("1", "2");
  of.run(server, {"opcache:refresh", pages.release("1")});
  make_stale("1", "2");
  pages.link("1");
  of.run(server, {"opcache:reset", "--graceful"});
  of.run(server, {"opcache:reset:file-cache", "--force"});
}

/// A script beside the releases that changes each time.
void change_shared(php_fpm const& server, site const& of) {
  fs::path const path = of.directory() + "/shared/cache.php";
  fs::create_directories(path.parent_path());
  for (auto const age : {2h, 1h}) {
    std::ofstream(path) << "<?php // " << std::string(static_cast<std::size_t>(age.count()), 'x');
    fs::last_write_time(path, fs::file_time_type::clock::now() - age);
    if (age == 2h) static_cast<void>(run_script(server, path));
  }
}

// More files than make it worth while to have the workers look at them.
void deploy_much(observed& of) {
  php_fpm const server{options_for(3)};
  site pages({"1", "2", "3"});
  for (std::string const name : {"1", "2", "3"}) {
    for (int i = 0; i < 20; ++i) pages.write(name, "src/" + std::to_string(i) + ".php", "<?php return 1;");
    pages.write(name, "index.php", "<?php foreach (glob(__DIR__ . '/src/*.php') as $each) { include $each; }");
  }
  visits(server, pages, 6);
  change_shared(server, pages);
  of.run(server, {"deploy:switch", pages.current(), pages.release("2")});
  visits(server, pages, 6);
  for (char const* const command : {"deploy:warm", "deploy:switch", "opcache:reset"}) {
    of.run(server, {"opcache:invalidate:scripts", "releases/[13]/", "--force"});
    change_shared(server, pages);
    if (command == std::string("deploy:warm")) of.run(server, {command, pages.release("1")});
    if (command == std::string("deploy:switch")) of.run(server, {command, pages.current(), pages.release("1")});
    if (command == std::string("opcache:reset")) {
      pages.link("3");
      of.run(server, {command, "--graceful"});
    }
    visits(server, pages, 6);
  }
  pages.link("2");
  change_shared(server, pages);
  of.run(server, {"deploy:finish", pages.current()});
  of.run(server, {"opcache:prune", "--keep=" + pages.current()});
  of.run(server, {"opcache:refresh", pages.release("2")});
}

void deploy_runtime(observed& of) {
  php_fpm const server{options_for(3)};
  runtime_site const pages;
  visits(server, pages, 8);
  of.run(server, {"deploy:switch", pages.current(), pages.release("2")});
  visits(server, pages, 8);
  pages.link("1");
  of.run(server, {"deploy:finish", pages.current()});
  visits(server, pages, 8);
  pages.link("2");
  of.run(server, {"opcache:reset", "--graceful"});
}

// A worker that is busy cannot be asked, and keeps the restart waiting that takes place instead.
void deploy_beside_a_long_request(observed& of) {
  php_fpm const server{options_for(3)};
  site const pages;
  visits(server, pages, 6);
  std::this_thread::sleep_for(2s);  // php-fpm is not asked for its requests while workers start
  long_request const busy(server, 60s);
  of.run(server, {"deploy:switch", pages.current(), pages.release("2"), "--deadline=4"});
  of.run(server, {"deploy:finish", pages.current(), "--deadline=4"});
  of.run(server, {"opcache:reset", "--graceful", "--deadline=4"});
}

// Nobody but PHP tells which workers there are.
void deploy_over_tcp(observed& of) {
  php_fpm const server{over_tcp()};
  site const pages;
  visits(server, pages, 6);
  of.run(server, {"deploy:switch", pages.current(), pages.release("2")});
  of.run(server, {"deploy:finish", pages.current()});
  of.run(server, {"opcache:reset", "--graceful"});
}

// A link was switched, and nobody tells php-fpm.
void find_old_code(observed& of) {
  for (fpm_options const& options : {options_for(2), over_tcp()}) {
    php_fpm const server{options};
    site const pages;
    visits(server, pages, 6);
    pages.link("2");
    of.run(server, {"doctor", "--site=" + pages.current()});
    of.run(server, {"opcache:check", "--site=" + pages.current(), "--state-dir=" + server.directory() + "/checks"});
    of.run(server, {"deploy:finish"});
  }
}

// What is found by a name that no other php-fpm of this machine has: two of them, whose OPcache cannot tell which sites
// they serve.
void find_who_serves(observed& of) {
  auto options = over_tcp();
  options.pools.front().name = "cachetool-test-" + std::to_string(getpid());
  options.ini["opcache.enable"] = "0";
  php_fpm const first{options};
  php_fpm const second{options};
  site const pages;
  std::string const pool = "--pool=" + options.pools.front().name;
  of.run({"deploy:warm", pages.release("2"), pool});
  of.run({"deploy:switch", pages.current(), pages.release("2"), pool});
  of.run({"deploy:finish", pages.current(), pool});
}

}  // namespace

TEST_CASE("no command uses an operation that the agent's table does not list for it") {
  observed of;
  use_each_cache(of);
  use_file_cache(of);
  deploy_much(of);
  deploy_runtime(of);
  deploy_beside_a_long_request(of);
  deploy_over_tcp(of);
  find_old_code(of);
  find_who_serves(of);
  CHECK(of.all().size() > 40);
  CHECK(without(of.all(), listed()) == uses());
}
