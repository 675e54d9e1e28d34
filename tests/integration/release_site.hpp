#pragma once

// A site with releases behind a link, for the tests of what happens when one goes live.

#include <set>
#include <string>
#include <vector>

#include "fpm_calls.hpp"

namespace cachetool::test {

using texts = std::set<std::string>;

/// A site of some releases behind the link "current". Its page tells which release each of its files is of: the one
/// that is asked for, one included by its name below the link, one by its name beside the page. A page that is given
/// the parameter PAUSE makes that file and waits until it is gone, before it includes the others.
class site {
 public:
  explicit site(std::vector<std::string> const& releases = {"1", "2"});

  /// A release whose files say SAYS; empty: its name.
  void build(std::string const& name, std::string const& says = {});

  /// One file of a release, an hour old.
  void write(std::string const& name, std::string const& file, std::string const& code);

  void link(std::string const& name) const;

  /// Copies a release to another place, an hour old there, and returns that.
  std::string copy(std::string const& name, std::string const& to) const;

  [[nodiscard]] std::string current() const { return directory_ / "current"; }
  [[nodiscard]] std::string release(std::string const& name) const { return directory_ / "releases/" + name; }
  [[nodiscard]] std::string directory() const { return directory_.path(); }

 private:
  temp_dir directory_;
};

/// A site of Symfony Runtime, or of code like it: a request includes the script that it began with a second time. Its
/// page tells its release, and that of the autoloader, which is a class of the same name in each, and slow.
class runtime_site : public site {
 public:
  runtime_site();
};

fpm_options options_for(int workers, bool validates = false);

std::string visit(php_fpm const& server, site const& of, std::string const& pool = "www");

/// What so many visits in a row tell.
texts visits(php_fpm const& server, site const& of, int count = 24, std::string const& pool = "www");

/// OPcache's count; the question itself is none.
std::int64_t misses(php_fpm const& server);

program_result finish(php_fpm const& server, site const& of, std::vector<std::string> more = {});
program_result switch_to(php_fpm const& server, site const& of, std::string const& name,
                         std::vector<std::string> more = {});

}  // namespace cachetool::test
