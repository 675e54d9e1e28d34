// What may lie where the program writes a file: it writes its own, or says why not. It follows nothing, waits for
// nothing, and leaves nothing half written.

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "agent/agent.hpp"
#include "fpm_calls.hpp"
#include "release_site.hpp"
#include "support/catch.hpp"
#include "support/test_state.hpp"

using namespace cachetool;
using namespace cachetool::test;

namespace {

namespace fs = std::filesystem;

constexpr uid_t nobody = 65534;

std::string content(std::string const& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Makes something at PATH; VICTIM is a file elsewhere that nobody may change.
struct shape {
  char const* name;
  std::function<void(std::string const& path, std::string const& victim)> make;
};

void write(std::string const& path, mode_t mode, uid_t owner, std::size_t size) {
  std::ofstream(path) << std::string(size, 'x');
  REQUIRE(chmod(path.c_str(), mode) == 0);
  REQUIRE(chown(path.c_str(), owner, gid_t(-1)) == 0);
}

std::vector<shape> file_shapes() {
  return {
      {"nothing", [](auto const&, auto const&) {}},
      {"a link to a file", [](auto const& path, auto const& victim) { fs::create_symlink(victim, path); }},
      {"a link that leads nowhere", [](auto const& path, auto const&) { fs::create_symlink("/nonexistent/x", path); }},
      {"a hard link", [](auto const& path, auto const& victim) { fs::create_hard_link(victim, path); }},
      {"a named pipe", [](auto const& path, auto const&) { REQUIRE(mkfifo(path.c_str(), 0666) == 0); }},
      {"a device",
       [](auto const& path, auto const&) { REQUIRE(mknod(path.c_str(), S_IFCHR | 0666, makedev(1, 5)) == 0); }},
      {"a file that cannot be written", [](auto const& path, auto const&) { write(path, 0400, 0, 10); }},
      {"another user's file", [](auto const& path, auto const&) { write(path, 0644, nobody, 10); }},
      {"a large file", [](auto const& path, auto const&) { write(path, 0644, 0, 40 << 20); }},
      {"a directory with something in it", [](auto const& path, auto const&) {
         fs::create_directory(path);
         std::ofstream(path + "/own") << "own";
       }}};
}

/// A file system that holds next to nothing, for as long as the object lives.
class full_disk {
 public:
  explicit full_disk(std::string path, char const* size = "size=4k,mode=755") : path_(std::move(path)) {
    fs::create_directory(path_);
    REQUIRE(mount("tmpfs", path_.c_str(), "tmpfs", 0, size) == 0);
  }
  ~full_disk() { umount2(path_.c_str(), MNT_DETACH); }
  full_disk(full_disk const&) = delete;
  full_disk& operator=(full_disk const&) = delete;

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("whatever lies where the agent is to be installed, it is installed whole, or it is said why not") {
  if (!is_root()) return skip("needs root");
  for (shape const& each : file_shapes()) {
    INFO(each.name);
    temp_dir const place;
    fs::create_directory(place / "inner");
    std::ofstream(place / "victim") << "victim";
    std::string const path = place / "inner/agent.php";
    each.make(path, place / "victim");
    bool const is_directory = fs::is_directory(path);
    auto const result = run_program({"agent:install", path});
    INFO(result.err);
    CHECK(result.exit_code == (is_directory ? 2 : 0));
    if (is_directory) {
      CHECK(contains(result.err, "cannot install the agent as " + path + ": it is a directory"));
      CHECK(content(path + "/own") == "own");
    } else {
      CHECK(fs::is_regular_file(fs::symlink_status(path)));
      CHECK(content(path) == agent::complete().text);
    }
    CHECK(content(place / "victim") == "victim");
    CHECK(std::distance(fs::directory_iterator(place / "inner"), {}) == 1);
  }
}

TEST_CASE("an agent for which the disk has no room is not installed, and nothing of it is left") {
  if (!is_root()) return skip("needs root");
  temp_dir const place;
  full_disk const disk(place / "inner");
  auto const result = run_program({"agent:install", place / "inner/agent.php"});
  CHECK(result.exit_code == 5);
  CHECK(contains(result.err, "No space left on device"));
  CHECK(fs::is_empty(place / "inner"));
}

TEST_CASE("whatever lies where something is kept beside a link, a release goes live, and back") {
  if (!is_root()) return skip("needs root");
  for (shape const& each : file_shapes()) {
    INFO(each.name);
    php_fpm const server{options_for(2)};
    site const pages;
    std::ofstream(pages.directory() + "/victim") << "victim";
    visits(server, pages);
    REQUIRE(switch_to(server, pages, "2").exit_code == 0);
    std::vector<std::string> kept;
    for (auto const& entry : fs::directory_iterator(pages.directory())) {
      if (entry.path().filename().string().starts_with(".current.")) kept.push_back(entry.path());
    }
    CHECK_FALSE(kept.empty());
    for (std::string const& path : kept) {
      fs::remove(path);
      each.make(path, pages.directory() + "/victim");
    }
    for (std::string const release : {"1", "2"}) {
      auto const result = switch_to(server, pages, release);
      INFO(result.out << result.err);
      CHECK(result.exit_code == 0);
      CHECK(visits(server, pages, 8) == texts{release + " " + release + " " + release});
    }
    CHECK(content(pages.directory() + "/victim") == "victim");
    for (std::string const& path : kept) {
      if (each.name == std::string("a directory with something in it")) CHECK(content(path + "/own") == "own");
    }
  }
}

TEST_CASE("whatever --tmp-dir leads to, a call works, and nothing is changed there or left behind") {
  if (!is_root()) return skip("needs root");
  php_fpm const server{one_pool()};
  auto const call_with = [&](std::string const& path, program_options const& as = {}) {
    auto const result = call(server, {"opcache:status", "--tmp-dir=" + path}, as);
    INFO(path << ": " << result.err);
    CHECK(result.exit_code == 0);
    CHECK(contains(result.out, "Hits"));
  };
  for (shape const& each : file_shapes()) {
    INFO(each.name);
    temp_dir const place;
    std::ofstream(place / "victim") << "victim";
    std::string const path = place / "base";
    each.make(path, place / "victim");
    auto const before = fs::symlink_status(path).type();
    call_with(path);
    CHECK(fs::symlink_status(path).type() == before);
    CHECK(content(place / "victim") == "victim");
    if (fs::is_directory(path)) CHECK(std::distance(fs::directory_iterator(path), {}) == 1);
  }
  temp_dir const place;
  fs::create_directory(place / "read_only");
  chmod((place / "read_only").c_str(), 0555);
  call_with(place / "read_only", as_pool_user());
  CHECK(fs::is_empty(place / "read_only"));
  {
    full_disk const disk(place / "full", "size=4k,mode=755,nr_inodes=2");
    call_with(place / "full");
    CHECK(fs::is_empty(place / "full"));
  }
}

TEST_CASE("a release goes live where the disk has no room for what is kept beside its link") {
  if (!is_root()) return skip("needs root");
  php_fpm const server{options_for(2)};
  temp_dir const place;
  full_disk const disk(place / "site", "size=128k,mode=755");
  for (std::string const release : {"1", "2"}) {
    fs::create_directories(place / ("site/releases/" + release));
    std::string const page = place / ("site/releases/" + release + "/index.php");
    std::ofstream(page) << "<?php echo '" << release << "';";
    fs::last_write_time(page, fs::file_time_type::clock::now() - std::chrono::hours{1});
  }
  std::string const current = place / "site/current";
  fs::create_directory_symlink("releases/1", current);
  std::ofstream(place / "site/filler") << std::string(1 << 20, 'x');
  auto const answer = [&] { return run_script(server, current + "/index.php").body; };
  CHECK(answer() == "1");
  auto const result = call(server, {"deploy:switch", current, place / "site/releases/2"});
  INFO(result.out << result.err);
  if (result.exit_code == 0) CHECK(answer() == "2");
  CHECK(fs::read_symlink(current).filename() == (result.exit_code == 0 ? "2" : "1"));
  for (auto const& entry : fs::directory_iterator(place / "site")) {
    std::string const name = entry.path().filename().string();
    INFO(name);
    CHECK_FALSE(name.size() == std::string(".current.").size() + 32);  // a link or file that was begun
  }
}
