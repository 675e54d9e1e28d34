// Runs the program once for each case in tests/cli/cases and compares what it prints and returns.

#include <fstream>
#include <memory>

#include "cli/case.hpp"
#include "support/catch.hpp"
#include "support/php_fpm.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool::test;

namespace {

std::vector<cli_case> const& all_cases() {
  static auto const cases = read_cases(CACHETOOL_CLI_CASES);
  return cases;
}

placeholders of_server(php_fpm const& server) {
  return {{"socket", server.endpoint("www").text()},
          {"tcp", server.endpoint("tcp").text()},
          {"root", server.document_root()},
          {"script", server.write_script("index.php", "<?php echo 'index';")},
          {"php", php_fpm::version()}};
}

fpm_options server_options(cli_case const& which) {
  fpm_options options;
  options.pools = {fpm_pool{.name = "www"}, fpm_pool{.name = "tcp", .listen = "127.0.0.1:0"}};
  options.ini = which.ini;
  return options;
}

void run_case(cli_case const& which, placeholders values) {
  temp_dir const directory;
  values["dir"] = directory.path();
  for (auto const& [name, text] : which.files) std::ofstream{directory / name} << fill(text, values);

  program_options options;
  options.directory = directory.path();
  options.environment = {{"HOME", directory.path()}};
  for (auto const& [name, value] : which.environment) options.environment[name] = fill(value, values);
  std::vector<std::string> arguments;
  for (auto const& argument : which.args) arguments.push_back(fill(argument, values));

  auto const result = run_program(arguments, options);
  std::string command = "cachetool";
  for (auto const& argument : arguments) command += " '" + argument + "'";
  INFO("$ " << command);
  CHECK_FALSE(result.timed_out);
  auto const wrong_out = difference(which.out, result.out, values);
  auto const wrong_err = difference(which.err, result.err, values);
  if (!wrong_out.empty()) FAIL_CHECK("on stdout " << wrong_out);
  if (!wrong_err.empty()) FAIL_CHECK("on stderr " << wrong_err);
  CHECK(result.exit_code == which.exit_code);
}

}  // namespace

TEST_CASE("each case that needs no php-fpm holds", "[offline]") {
  for (auto const& which : all_cases()) {
    if (which.needs_php_fpm) continue;
    DYNAMIC_SECTION(which.name) {
      run_case(which, {});
    }
  }
}

TEST_CASE("each case that needs a php-fpm holds", "[php-fpm]") {
  static auto const shared = std::make_unique<php_fpm>(server_options({}));
  for (auto const& which : all_cases()) {
    if (!which.needs_php_fpm) continue;
    DYNAMIC_SECTION(which.name) {
      if (which.ini.empty()) {
        run_case(which, of_server(*shared));
      } else {
        php_fpm const own{server_options(which)};
        run_case(which, of_server(own));
      }
    }
  }
}
