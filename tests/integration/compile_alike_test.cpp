// What a command compiles is what a visitor would have compiled: the same files, brought up to date by each command,
// and by nobody but visitors.

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "constructs.hpp"
#include "fpm_calls.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using test::construct;
using test::php_fpm;
namespace fs = std::filesystem;

namespace {

int version_id() {
  std::string const version = php_fpm::version();
  return (version[0] - '0') * 10000 + (version[2] - '0') * 100;
}

std::string filled(std::string text, std::string const& version, std::size_t number) {
  for (auto const& [mark, by] :
       {std::pair{std::string("{v}"), version}, {std::string("{n}"), std::to_string(number)}}) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size())) {
      text.replace(at, mark.size(), by);
    }
  }
  return text;
}

/// Some minutes old: the later version is the younger one.
void write(fs::path const& file, std::string const& text, std::string const& version = "1") {
  std::ofstream(file) << text;
  fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::minutes(version == "1" ? 20 : 10));
}

/// Loads the classes whose names begin with P, and tells whether the file's class B was there by then.
constexpr auto autoloader =
    " function load($c) { if ($c[0] === 'P') { echo class_exists('B' . substr($c, 1), false) ? 'early' : 'late'; "
    "eval(\"class $c { const P = '$c'; }\"); } }";

/// The files in a directory, and beside each the page by which it is visited.
void write_all(std::vector<construct> const& all, fs::path const& directory, std::string const& version) {
  fs::create_directories(directory);
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::string const name = "c" + std::to_string(i);
    write(directory / (name + ".php"), filled(all[i].code, version, i), version);
    write(directory / (name + "_page.php"),
          "<?php define('YES', 1); spl_autoload_register('load'); $value = require __DIR__ . '/" + name + ".php'; " +
              filled(all[i].visit, version, i) + autoloader,
          version);
  }
}

using pages = std::vector<std::string>;

pages visit_all(php_fpm const& server, std::vector<construct> const& all, fs::path const& directory) {
  pages out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto const answer = test::run_script(server, directory / ("c" + std::to_string(i) + "_page.php"));
    out.push_back(std::to_string(answer.status) + " " + answer.body);
  }
  return out;
}

test::fpm_options options(bool validates) {
  test::fpm_options out = test::one_pool();
  out.ini = {{"opcache.validate_timestamps", validates ? "1" : "0"},
             {"opcache.revalidate_freq", "0"},
             {"opcache.max_accelerated_files", "8000"},
             {"log_errors", "0"}};
  return out;
}

/// The first version of all files, visited where a command has something to bring up to date, and then the second.
class trial {
 public:
  trial(std::vector<construct> all, bool validates)
      : all_(std::move(all)), server_(options(validates)), root_(server_.document_root()) {
    write_all(all_, root_ / "twin", "2");
    expected_ = visit_all(server_, all_, root_ / "twin");
  }

  [[nodiscard]] fs::path directory(std::string const& name) const { return root_ / name; }

  void write_version(std::string const& name, std::string const& version) { write_all(all_, root_ / name, version); }
  void visit(std::string const& name) { static_cast<void>(visit_all(server_, all_, root_ / name)); }

  void run(std::vector<std::string> const& arguments) {
    test::program_options patient;
    patient.timeout = std::chrono::minutes{1};
    auto const output = test::call(server_, arguments, patient);
    INFO(output.out << output.err);
    CHECK(output.exit_code == 0);
  }

  /// Twice: the first visit may compile what the second finds.
  void compare(std::string const& name) {
    for (int round = 1; round <= 2; ++round) {
      auto const got = visit_all(server_, all_, root_ / name);
      for (std::size_t i = 0; i < all_.size(); ++i) {
        INFO(all_[i].name << ", visit " << round << " (file " << i << ")");
        CHECK(got[i] == expected_[i]);
      }
    }
  }

  [[nodiscard]] php_fpm const& server() const { return server_; }
  [[nodiscard]] std::size_t size() const { return all_.size(); }

 private:
  std::vector<construct> all_;
  php_fpm server_;
  fs::path root_;
  pages expected_;
};

std::vector<construct> known_constructs() {
  std::vector<construct> all = test::constructs();
  std::erase_if(all, [](construct const& each) { return each.since > version_id(); });
  return all;
}

std::vector<construct> drawn_constructs(std::size_t count) {
  auto const seed = std::random_device{}();
  UNSCOPED_INFO("seed " << seed);
  std::mt19937 random(seed);
  std::vector<construct> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(test::random_construct(random));
  return all;
}

void refresh(trial& of) {
  of.write_version("refreshed", "1");
  of.visit("refreshed");
  of.write_version("refreshed", "2");
  of.run({"opcache:refresh", of.directory("refreshed")});
  of.compare("refreshed");
}

void compile_all(trial& of) {
  of.write_version("compiled", "2");
  of.run({"opcache:compile:scripts", of.directory("compiled")});
  of.compare("compiled");
}

void compile_each(trial& of) {
  of.write_version("alone", "2");
  for (std::size_t i = 0; i < of.size(); ++i) {
    of.run({"opcache:compile:script", of.directory("alone") / ("c" + std::to_string(i) + ".php")});
  }
  of.compare("alone");
}

void deploy(trial& of) {
  fs::create_directories(of.directory("releases"));
  of.write_version("releases/1", "1");
  of.write_version("releases/2", "2");
  fs::create_directory_symlink("releases/1", of.directory("current"));
  of.visit("current");
  of.run({"deploy:warm", of.directory("releases/2")});
  of.run({"deploy:switch", of.directory("current"), of.directory("releases/2")});
  of.compare("current");
}

}  // namespace

TEST_CASE("a refreshed script is what a visitor would have compiled") {
  trial of(known_constructs(), false);
  refresh(of);
}

TEST_CASE("a refreshed script is what a visitor would have compiled, where PHP looks at timestamps") {
  trial of(known_constructs(), true);
  refresh(of);
}

TEST_CASE("scripts compiled together are what a visitor would have compiled") {
  trial of(known_constructs(), false);
  compile_all(of);
}

TEST_CASE("a script compiled alone is what a visitor would have compiled") {
  trial of(known_constructs(), false);
  compile_each(of);
}

TEST_CASE("a release that was warmed and switched to is what a visitor would have compiled") {
  trial of(known_constructs(), false);
  deploy(of);
}

TEST_CASE("drawn files are refreshed, compiled and deployed as a visitor would have them compiled") {
  trial of(drawn_constructs(150), false);
  refresh(of);
  compile_all(of);
  deploy(of);
}

TEST_CASE("a file that is left to its first visitor is counted, and is no failure") {
  php_fpm const server{options(false)};
  auto const directory = fs::path(server.document_root()) / "site";
  fs::create_directories(directory);
  write(directory / "plugin.php", "<?php P::init(); class P { static function init() { echo 'new'; } }");
  write(directory / "page.php", "<?php echo 'page';");
  auto const output = test::call(server, {"opcache:compile:scripts", directory, "--format=json"});
  CHECK(output.exit_code == 0);
  CHECK(test::contains(output.out, "\"left\":1"));
  CHECK(test::contains(output.out, "\"cached\":1"));
}

TEST_CASE("a copy of the agent beside an application's files is left to its first visitor, and is no failure") {
  php_fpm const server{options(true)};
  auto const directory = fs::path(server.document_root()) / "site";
  fs::create_directories(directory);
  write(directory / "agent.php", test::run_program({"agent:show"}).out);
  write(directory / "page.php", "<?php echo 'page';");
  for (std::vector<std::string> const& arguments : {std::vector<std::string>{"opcache:compile:scripts", directory},
                                                    {"opcache:compile:script", directory / "agent.php"},
                                                    {"opcache:refresh", "--force", directory}}) {
    INFO(arguments.front());
    auto const agent = "--agent=" + (directory / "agent.php").string();
    CHECK(test::call(server, {"opcache:status", agent}).exit_code == 0);  // now it is cached
    auto const output = test::call(server, arguments);
    INFO(output.out << output.err);
    CHECK(output.exit_code == 0);
    CHECK(test::call(server, {"opcache:reset", agent}).exit_code == 0);
  }
}

TEST_CASE("a broken file that would be left to its first visitor still does not compile") {
  php_fpm const server{options(false)};
  auto const file = server.write_script("broken.php", "<?php P::init(); class P { static function init() { ");
  auto const output = test::call(server, {"opcache:compile:script", file});
  CHECK(output.exit_code == 1);
  CHECK(test::contains(output.err, "did not compile"));
}

TEST_CASE("a file whose mistake only PHP's grammar finds fails alone, and the next is compiled") {
  php_fpm const server{options(false)};
  auto const directory = fs::path(server.document_root()) / "site";
  fs::create_directories(directory);
  write(directory / "a.php", "<?php echo 'a'; class A { public public $p; }");
  write(directory / "b.php", "<?php abstract final class B { abstract abstract function f(); }");
  write(directory / "c.php", "<?php class C {} class C {}");
  write(directory / "d.php", "<?php class D {}");
  auto const output = test::call(server, {"opcache:compile:scripts", directory, "--format=json"});
  INFO(output.out << output.err);
  CHECK(output.exit_code == 1);
  CHECK(test::contains(output.out, "\"cached\":1"));
  CHECK(test::contains(output.err + output.out, "a.php"));
  CHECK(test::contains(output.err + output.out, "b.php"));
}

namespace {

/// A file that a worker may make.
fs::path mark_of(php_fpm const& server) {
  auto const directory = fs::path(server.document_root()) / "marks";
  fs::create_directories(directory);
  fs::permissions(directory, fs::perms::all);
  return directory / "ran";
}

}  // namespace

TEST_CASE("no code of a file runs when it is compiled, where only a declare stands before it") {
  php_fpm const server{options(false)};
  auto const mark = mark_of(server);
  auto const directory = fs::path(server.document_root()) / "site";
  fs::create_directories(directory);
  write(directory / "a.php", "<?php class A {} declare(ticks=1) touch('" + mark.string() + "');");
  write(directory / "b.php", "<?php class B {} declare(ticks=1): touch('" + mark.string() + "'); enddeclare;");
  static_cast<void>(test::call(server, {"opcache:compile:scripts", directory}));
  CHECK_FALSE(fs::exists(mark));
  static_cast<void>(test::run_script(server, directory / "b.php"));
  CHECK(fs::exists(mark));  // a visitor's request runs it
}

TEST_CASE("no code of a file runs when it is compiled that only seems to be one class") {
  php_fpm const server{options(false)};
  auto const mark = mark_of(server);
  auto const directory = fs::path(server.document_root()) / "site";
  fs::create_directories(directory);
  std::string const runs = " touch('" + mark.string() + "'); ";
  std::vector<std::string> const files{
      "class A {} // ?><?php" + runs,
      "class A {} // }\r" + runs,
      "class A {} # }\r" + runs + "/*\n*/",
      "class A {} /* */" + runs + "/* */",
      "class A { const B = '\\\\'; }" + runs + "const C = '; }';",
      "class A { const B = \"\\\\\"; }" + runs + "const C = \"; }\";",
      "class A { function f() { return \"{$a[\"}}\"]}\"; } }" + runs + "class B { const C = \"} }\"; }",
      "class A { function f() { return \"${a[\"b\"]}{\"; } }" + runs + "class B { const C = \"}\"; }",
      "class A { function f() { return <<<X\n' } {\nX;\n } }" + runs + "// ' }",
      "class A { function f() { return <<<'X'\n\" { /*\nX;\n } }" + runs + "/* */ //\" } }",
      "class A { function f() { return `\" {`; } }" + runs + "//\" } }",
      "class A { function f() { ?> { ' /* <?php } }" + runs + "// */ ' } }",
      "class A {} if (1) {" + runs + "}",
      "class A {} namespace { " + runs + "}",
      "use A; if (1) {" + runs + "} class A {}",
      "class A {}; declare(ticks=1) {" + runs + "}",
      "class A {} #[B] {" + runs + "}",
      "#[\n B] class A {}" + runs,
  };
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto const name = std::to_string(i);
    write(directory / (name + ".php"), "<?php\nnamespace N" + name + ";\n" + files[i]);
  }
  static_cast<void>(test::call(server, {"opcache:compile:scripts", directory}));
  CHECK_FALSE(fs::exists(mark));
  static_cast<void>(test::run_script(server, directory / "0.php"));
  CHECK(fs::exists(mark));  // a visitor's request runs it
}

TEST_CASE("what is compiled while others have OPcache reset is cached, or tried again") {
  test::fpm_options four = test::one_pool({}, 4);
  php_fpm const server{four};
  auto const releases = fs::path(server.document_root()) / "releases";
  for (std::string const release : {"1", "2"}) {
    fs::create_directories(releases / release);
    for (int i = 0; i < 30; ++i) {
      std::string const number = std::to_string(i);
      write(releases / release / ("f" + number + ".php"),
            "<?php function f" + number + "() { return " + number + "; }");
    }
  }
  std::atomic<bool> over{false};
  std::jthread const others([&] {
    while (!over) pool{server.endpoint()}.opcache_reset();
  });
  for (int i = 0; i < 30; ++i) {
    auto const output =
        test::call(server, i % 2 == 0 ? std::vector<std::string>{"opcache:compile:scripts", releases / "1"}
                                      : std::vector<std::string>{"deploy:warm", releases / "2"});
    INFO(i << output.out << output.err);
    CHECK(output.exit_code == 0);
  }
  over = true;
}
