#include "cli/settings/config_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <cachetool/error.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"
#include "support/test_state.hpp"

using namespace cachetool;

namespace {

struct config_fixture {
  test::temp_dir directory;

  std::string write(std::string const& name, std::string const& text) const {
    std::string const path = directory.path() + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
    return path;
  }

  cli::config read(std::string const& text) const { return cli::read_config_file(write("c.yml", text)); }

  std::string failure(std::string const& text) const {
    try {
      read(text);
    } catch (error const& failed) {
      REQUIRE(failed.kind() == error_kind::config);
      return failed.message();
    }
    return "";
  }
};

}  // namespace

TEST_CASE_METHOD(config_fixture, "fastcgi may be a string") {
  CHECK(read("fastcgi: /run/a.sock\n").fastcgi == std::vector<std::string>{"/run/a.sock"});
}

TEST_CASE_METHOD(config_fixture, "fastcgi may be a port") {
  CHECK(read("fastcgi: 9000\n").fastcgi == std::vector<std::string>{"9000"});
}

TEST_CASE_METHOD(config_fixture, "fastcgi may be a list") {
  CHECK(read("fastcgi: [/a, '127.0.0.1:9000']\n").fastcgi == std::vector<std::string>{"/a", "127.0.0.1:9000"});
}

TEST_CASE_METHOD(config_fixture, "quoted values and other keys are read") {
  auto const file =
      read("adapter: \"fastcgi\"\ntemp_dir: '/dev/shm/x'\nextensions: [opcache]\nwebAllowInsecure: true\n");
  CHECK(file.adapter == "fastcgi");
  CHECK(file.temp_dir == "/dev/shm/x");
  CHECK(file.extensions == std::vector<std::string>{"opcache"});
  CHECK(file.web_allow_insecure == true);
  CHECK(file.warnings.empty());
}

TEST_CASE_METHOD(config_fixture, "a null value is as good as no line") {
  CHECK_FALSE(read("fastcgi: ~\ntemp_dir:\n").fastcgi);
}

TEST_CASE_METHOD(config_fixture, "an empty file says nothing") {
  CHECK_FALSE(read("").fastcgi);
}

TEST_CASE_METHOD(config_fixture, "an unknown key is warned of with the nearest known one") {
  auto const warnings = read("adapter: fastcgi\ntmp_dir: /x\n").warnings;
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] == directory.path() + "/c.yml:2: unknown key tmp_dir, did you mean temp_dir?");
}

TEST_CASE_METHOD(config_fixture, "broken YAML is refused with file, line and column") {
  CHECK(failure("adapter: fastcgi\nfastcgi: [a\n").find(directory.path() + "/c.yml:") == 0);
}

TEST_CASE_METHOD(config_fixture, "a file that is no map is refused") {
  CHECK(failure("just text\n") == directory.path() + "/c.yml:1:1: a map of keys and values is expected");
}

TEST_CASE_METHOD(config_fixture, "a map where a value is expected is refused") {
  CHECK(failure("temp_dir: {a: b}\n") == directory.path() + "/c.yml:1:11: temp_dir must be a single value");
}

TEST_CASE_METHOD(config_fixture, "a boolean that is none is refused") {
  CHECK(failure("webAllowInsecure: maybe\n") ==
        directory.path() + "/c.yml:1:19: webAllowInsecure must be true or false");
}

TEST_CASE_METHOD(config_fixture, "a file that cannot be read is refused") {
  CHECK_THROWS_WITH(cli::read_config_file(directory.path() + "/absent.yml"),
                    "cannot read " + directory.path() + "/absent.yml: No such file or directory");
  CHECK_THROWS_WITH(cli::read_config_file(directory.path()), "cannot read " + directory.path() + ": Is a directory");
}

TEST_CASE_METHOD(config_fixture, "a link that leads nowhere is found, and cannot be read") {
  auto const before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  std::filesystem::create_symlink("/nonexistent", directory.path() + "/.cachetool.yml");
  auto const found = cli::find_config_files("").at(0);
  std::filesystem::current_path(before);
  CHECK(found == directory.path() + "/.cachetool.yml");
  CHECK_THROWS_AS(cli::read_config_file(found), error);
}

TEST_CASE_METHOD(config_fixture, "the file of the working directory is found before that of its parent, then HOME's") {
  auto const before = std::filesystem::current_path();
  std::filesystem::create_directories(directory.path() + "/a/b");
  std::filesystem::create_directories(directory.path() + "/home");
  std::filesystem::current_path(directory.path() + "/a/b");
  auto const find = [&] { return cli::find_config_files(directory.path() + "/home").at(0); };

  write("home/.cachetool.yml", "");
  CHECK(find() == directory.path() + "/home/.cachetool.yml");
  write("a/.cachetool.yaml", "");
  CHECK(find() == directory.path() + "/a/.cachetool.yaml");
  write("a/b/.cachetool.yml", "");
  CHECK(find() == directory.path() + "/a/b/.cachetool.yml");
  std::filesystem::current_path(before);
}

TEST_CASE_METHOD(config_fixture, "a web client that CacheTool did not have is warned of") {
  auto const file = read("webClient: Guzzle\n");
  REQUIRE(file.warnings.size() == 1);
  CHECK(file.warnings[0] == directory.path() + "/c.yml:1: webClient Guzzle is not known; curl makes every request");
  CHECK(read("webClient: SymfonyHttpClient\n").warnings.empty());
}

TEST_CASE_METHOD(config_fixture, "every key of CacheTool is known") {
  auto const file = read(
      "adapter: web\nextensions: [apcu, opcache]\ntemp_dir: /t\nfastcgi: /s\nfastcgiChroot: /c\n"
      "webClient: FileGetContents\nwebPath: /w\nwebUrl: http://u\nwebAllowInsecure: false\nwebBasicAuth: a:b\n"
      "webHost: h\nhttp: ~\n");
  CHECK(file.warnings.empty());
  CHECK(file.fastcgi_chroot == "/c");
  CHECK(file.web_path == "/w");
  CHECK(file.web_url == "http://u");
  CHECK(file.web_allow_insecure == false);
  CHECK(file.web_basic_auth == "a:b");
  CHECK(file.web_host == "h");
}

TEST_CASE_METHOD(config_fixture, "a config file may be a symbolic link") {
  write("real.yml", "temp_dir: /x\n");
  std::filesystem::create_symlink(directory.path() + "/real.yml", directory.path() + "/link.yml");
  CHECK(cli::read_config_file(directory.path() + "/link.yml").temp_dir == "/x");
}

namespace {

/// Why the caller would not follow a file that lies there; empty if it would be.
std::string objection(std::string const& path, cli::config_owners const& owners = {{0, geteuid()}}) {
  try {
    cli::read_config_file(path, owners);
  } catch (cli::untrusted_config const& why) {
    return why.message();
  }
  return "";
}

constexpr uid_t nobody = 65534;

void give_away(std::string const& path, uid_t to = nobody) {
  REQUIRE(lchown(path.c_str(), to, to) == 0);
}

/// This process is an ordinary user's for as long as the object lives.
struct as_ordinary_user {
  as_ordinary_user() { REQUIRE((setegid(nobody) == 0 && seteuid(nobody) == 0)); }
  as_ordinary_user(as_ordinary_user const&) = delete;
  as_ordinary_user& operator=(as_ordinary_user const&) = delete;
  ~as_ordinary_user() {
    if (seteuid(0) != 0 || setegid(0) != 0) std::abort();
  }
};

}  // namespace

TEST_CASE_METHOD(config_fixture, "root follows a config file that nobody else has a say in") {
  if (geteuid() != 0) return test::skip("needs root");
  CHECK(objection(write("c.yml", "")).empty());
}

TEST_CASE_METHOD(config_fixture, "root follows no config file of another user") {
  if (geteuid() != 0) return test::skip("needs root");
  auto const path = write("c.yml", "");
  give_away(path);
  CHECK(objection(path) == "the config file " + path + " is not followed: " + path + " belongs to uid 65534");
}

TEST_CASE_METHOD(config_fixture,
                 "an ordinary user follows no config file of another user, nor one below such a directory") {
  if (geteuid() != 0) return test::skip("needs root");
  auto const theirs = write("c.yml", "");
  give_away(theirs, 33);
  std::filesystem::create_directories(directory / "theirs/inner");
  auto const below = write("theirs/inner/c.yml", "");
  give_away(directory / "theirs", 33);
  as_ordinary_user const user;
  CHECK(objection(theirs).find(theirs + " belongs to uid 33") != std::string::npos);
  CHECK(objection(below).find(directory / "theirs" + " belongs to uid 33") != std::string::npos);
  CHECK(objection(theirs, {{0, geteuid(), 33}}).empty());
}

TEST_CASE_METHOD(config_fixture,
                 "an ordinary user follows a file that the user's own group can write, and none that others can") {
  if (geteuid() != 0) return test::skip("needs root");
  auto const path = write("shared/c.yml", "");
  give_away(path);
  chmod(path.c_str(), 0664);
  REQUIRE(chown((directory / "shared").c_str(), 0, 33) == 0);
  chmod((directory / "shared").c_str(), 02775);
  {
    as_ordinary_user const user;
    CHECK(objection(path).empty());
  }
  SECTION("a file that everybody can write") {
    chmod(path.c_str(), 0666);
  }
  SECTION("a file that another group can write") {
    REQUIRE(chown(path.c_str(), nobody, 33) == 0);
  }
  SECTION("a file in a directory that everybody can write") {
    chmod((directory / "shared").c_str(), 0777);
  }
  as_ordinary_user const user;
  CHECK(objection(path).find("others can write ") != std::string::npos);
}

TEST_CASE_METHOD(config_fixture, "what another user put there is not followed although it cannot be read") {
  if (geteuid() != 0) return test::skip("needs root");
  auto const path = directory / "c.yml";
  SECTION("a link that leads nowhere") {
    std::filesystem::create_symlink("/no/such/file", path);
  }
  SECTION("a FIFO") {
    REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  }
  SECTION("a file for its owner alone") {
    chmod(write("c.yml", "adapter: web\n").c_str(), 0600);
  }
  SECTION("a directory") {
    std::filesystem::create_directory(path);
  }
  give_away(path, 33);
  CHECK(objection(path).find(path + " belongs to uid 33") != std::string::npos);
  as_ordinary_user const user;
  CHECK(objection(path).find(path + " belongs to uid 33") != std::string::npos);
}

TEST_CASE_METHOD(config_fixture, "a config file that is a pipe of the caller's is read") {
  int ends[2];
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
  REQUIRE(::write(ends[1], "temp_dir: /x\n", 13) == 13);
  close(ends[1]);
  auto const file = cli::read_config_file("/dev/fd/" + std::to_string(ends[0]), {{0, geteuid()}});
  CHECK(file.temp_dir == "/x");
  close(ends[0]);
}

TEST_CASE_METHOD(config_fixture, "/dev/null is a config file that says nothing") {
  CHECK(cli::read_config_file("/dev/null", {{0, geteuid()}}).path == "/dev/null");
}

TEST_CASE_METHOD(config_fixture, "the file of the user who called sudo may name a php-fpm, and nothing else") {
  if (geteuid() != 0) return test::skip("needs root");
  cli::config_owners const owners{{0}, {nobody}};
  auto const path = write("c.yml", "adapter: fastcgi\nfastcgi: /run/a.sock\nextensions: [apcu]\ntemp_dir: ~\n");
  give_away(path);
  CHECK(cli::read_config_file(path, owners).fastcgi == std::vector<std::string>{"/run/a.sock"});
  for (auto const* line : {"adapter: web", "adapter: cli", "temp_dir: /x", "agent: /x.php", "fastcgiChroot: /x",
                           "webPath: /x", "webUrl: http://x", "webBasicAuth: a:b"}) {
    CAPTURE(line);
    write("c.yml", line);
    auto const why = objection(path, owners);
    CHECK(why.find(path + " is not followed: it says ") != std::string::npos);
    CHECK(why.find(", which the user who called sudo may not") != std::string::npos);
  }
}

TEST_CASE_METHOD(config_fixture, "the user who called sudo does not see what others may not read by a link to it") {
  if (geteuid() != 0) return test::skip("needs root");
  auto const secret = write("secret.yml", "password: x\n");
  auto const link = directory / "c.yml";
  std::filesystem::create_symlink(secret, link);
  give_away(link);
  chmod(secret.c_str(), 0600);
  CHECK(objection(link, {{0}, {nobody}}).find("others may not read") != std::string::npos);
  chmod(secret.c_str(), 0644);
  CHECK(objection(link, {{0}, {nobody}}).empty());
}

TEST_CASE_METHOD(config_fixture, "root follows no config file that others can write") {
  if (geteuid() != 0) return test::skip("needs root");
  auto const path = write("c.yml", "");
  chmod(path.c_str(), GENERATE(mode_t{0664}, mode_t{0646}));
  CHECK(objection(path).find("others can write " + path) != std::string::npos);
}

TEST_CASE_METHOD(config_fixture, "root follows no config file in, or below, a directory that others can write") {
  if (geteuid() != 0) return test::skip("needs root");
  std::filesystem::create_directories(directory.path() + "/open/inner");
  auto const path = write("open/inner/c.yml", "");
  chmod((directory.path() + "/open").c_str(), 0777);
  CHECK(objection(path).find("others can write " + directory.path() + "/open") != std::string::npos);
  chmod((directory.path() + "/open").c_str(), 0755);
  CHECK(objection(path).empty());
}

TEST_CASE_METHOD(config_fixture, "a linked config file is judged at both ends of the link") {
  if (geteuid() != 0) return test::skip("needs root");
  std::filesystem::create_directories(directory.path() + "/theirs");
  auto const good = write("good.yml", "");
  auto const bad = write("theirs/bad.yml", "");
  REQUIRE(chown((directory.path() + "/theirs").c_str(), 65534, 65534) == 0);
  std::filesystem::create_symlink(bad, directory.path() + "/to_bad.yml");
  std::filesystem::create_symlink(good, directory.path() + "/theirs/to_good.yml");
  std::filesystem::create_symlink(good, directory.path() + "/to_good.yml");
  CHECK_FALSE(objection(directory.path() + "/to_bad.yml").empty());
  CHECK_FALSE(objection(directory.path() + "/theirs/to_good.yml").empty());
  CHECK(objection(directory.path() + "/to_good.yml").empty());
}
