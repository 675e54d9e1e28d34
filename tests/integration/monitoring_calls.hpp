#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include "support/catch.hpp"
#include "support/php_fpm.hpp"
#include "support/program.hpp"

/// What the tests of the commands that monitor have in common.
namespace cachetool::test {

/// The pool api with one worker, and www with three.
inline fpm_options two_pools() {
  return {.pools = {fpm_pool{.name = "api", .max_children = 1}, fpm_pool{.name = "www", .max_children = 3}}};
}

/// The option that names one of them.
inline std::string address(php_fpm const& server, std::string const& pool) {
  return "--fcgi=" + server.endpoint(pool).text();
}

inline std::string text_of(std::string const& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

/// As Nagios calls a plugin: by a shell, with nothing but the exit code and what stands on standard output.
inline program_result plugin(std::string const& arguments) {
  program_options options;
  options.path = "/bin/sh";
  auto out = run_program({"-c", built_program() + " " + arguments}, options);
  CHECK(out.err.empty());
  return out;
}

}  // namespace cachetool::test
