#pragma once

// A machine on which the lines of a document are run, and how they are read from it.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"

namespace cachetool::test {

namespace fs = std::filesystem;

/// The indented blocks of a document, without their indent; the output that is shown below a "$ " is no part of them.
inline std::vector<std::string> blocks_of(std::string const& document) {
  std::ifstream in(std::string(CACHETOOL_DOCS) + "/" + document);
  REQUIRE(in);
  std::vector<std::string> blocks;
  bool inside = false;
  bool shown = false;
  for (std::string line; std::getline(in, line);) {
    bool const indented = line.starts_with("    ") && line.size() > 4;
    if (indented && !inside) {
      shown = line.starts_with("    $ ");
      blocks.push_back(line.substr(shown ? 6 : 4) + "\n");
    } else if (indented && !shown) {
      blocks.back() += line.substr(4) + "\n";
    }
    inside = indented;
  }
  return blocks;
}

/// The block that begins so.
inline std::string block(std::string const& document, std::string const& begin) {
  auto const blocks = blocks_of(document);
  auto const found =
      std::find_if(blocks.begin(), blocks.end(), [&](std::string const& each) { return each.starts_with(begin); });
  REQUIRE(found != blocks.end());
  return *found;
}

inline std::string line_of(std::string const& text, std::size_t number) {
  std::istringstream in(text);
  std::string line;
  for (std::size_t i = 0; i <= number; ++i) std::getline(in, line);
  return line;
}

inline std::string replaced(std::string text, std::string const& what, std::string const& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

inline void make_program(std::string const& path, std::string const& script) {
  std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
  REQUIRE(chmod(path.c_str(), 0755) == 0);
}

inline bool is_there(std::string const& program) {
  for (std::string const directory : {"/usr/local/bin", "/usr/bin", "/bin"}) {
    if (access((directory + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

/// A site, its php-fpm, and a shell whose PATH has the program.
class desk {
 public:
  explicit desk(fpm_options options = options_for(4)) : server_(std::move(options)) {
    fs::create_directory(bin());
    fs::create_symlink(built_program(), bin() + "/cachetool");
    site_.build("41");
    site_.build("42");
    site_.link("41");
    visits(server_, site_);
  }

  [[nodiscard]] std::string bin() const { return files_ / "bin"; }
  [[nodiscard]] std::string place(std::string const& name) const { return files_ / name; }
  site& pages() { return site_; }
  [[nodiscard]] php_fpm const& server() const { return server_; }
  [[nodiscard]] std::string socket() const { return server_.endpoint().text(); }

  /// The text with this site and this php-fpm in the place of those that the documents name.
  [[nodiscard]] std::string here(std::string text) const {
    text = replaced(std::move(text), "/srv/site", site_.directory());
    text = replaced(std::move(text), "/srv/app", place("app"));
    return replaced(std::move(text), "/run/php/php8.2-fpm.sock", socket());
  }

  program_result shell(std::string const& text, std::string const& directory = "/") const {
    program_options options;
    options.path = "/bin/sh";
    options.directory = directory;
    options.environment = environment();
    options.timeout = std::chrono::minutes{1};
    return run_program({"-c", here(text)}, options);
  }

  [[nodiscard]] std::map<std::string, std::string> environment() const {
    return {{"PATH", bin() + ":/usr/bin:/bin"},
            {"CACHETOOL_FCGI", socket()},
            {"HOME", files_.path()},
            {"GIT_CONFIG_GLOBAL", "/dev/null"},
            {"GIT_AUTHOR_NAME", "a"},
            {"GIT_AUTHOR_EMAIL", "a@example.org"},
            {"GIT_COMMITTER_NAME", "a"},
            {"GIT_COMMITTER_EMAIL", "a@example.org"}};
  }

  texts seen() const { return visits(server_, site_, 8); }
  [[nodiscard]] std::string live() const { return fs::read_symlink(site_.current()).filename().string(); }
  [[nodiscard]] std::int64_t resets() const {
    return cache_status(server_)["opcache_statistics"]["manual_restarts"].as_int();
  }

 private:
  temp_dir files_;
  php_fpm server_;
  site site_;
};

inline texts all_of(std::string const& release) {
  return {release + " " + release + " " + release};
}

}  // namespace cachetool::test
