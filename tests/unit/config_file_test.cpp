#include "cli/config_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <cachetool/fastcgi/error.hpp>

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

/// Why root would not follow a file that lies there; empty if it would.
std::string objection(std::string const& path) {
  try {
    cli::read_config_file(path, {0});
  } catch (cli::untrusted_config const& why) {
    return why.message();
  }
  return "";
}

}  // namespace

TEST_CASE_METHOD(config_fixture, "root follows a config file that nobody else has a say in") {
  if (geteuid() != 0) return test::skip("needs root");
  CHECK(objection(write("c.yml", "")).empty());
}

TEST_CASE_METHOD(config_fixture, "root follows no config file of another user, but of the one who called sudo") {
  if (geteuid() != 0) return test::skip("needs root");
  auto const path = write("c.yml", "");
  REQUIRE(chown(path.c_str(), 65534, 65534) == 0);
  CHECK(objection(path) == "root does not follow the config file " + path + ": " + path + " belongs to uid 65534");
  CHECK_NOTHROW(cli::read_config_file(path, {0, 65534}));
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
