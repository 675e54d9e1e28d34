#include "cli/settings/read_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include <cachetool/error.hpp>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;
using namespace std::string_literals;
using lines = std::vector<std::string>;

TEST_CASE("a list has one entry a line") {
  CHECK(cli::split_list("/srv/a b.php\n\n/srv/c.php") == lines{"/srv/a b.php", "/srv/c.php"});
  CHECK(cli::split_list("").empty());
}

TEST_CASE("the entries of a list with NUL bytes may hold line breaks") {
  CHECK(cli::split_list("a\nb\0c\0"s) == lines{"a\nb", "c"});
}

TEST_CASE("a file is read as a whole") {
  test::temp_dir directory;
  std::ofstream{directory / "f"} << std::string(40000, 'x');
  CHECK(cli::read_file(directory / "f").size() == 40000);
}

TEST_CASE("a file that cannot be read is an error of usage") {
  try {
    cli::read_file("/nonexistent");
    FAIL("it was read");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::usage);
    CHECK(failed.message() == "the file /nonexistent cannot be read: No such file or directory");
  }
}

namespace {

error failure_of(std::string const& path, std::optional<std::chrono::milliseconds> patience = {}) {
  try {
    cli::read_file(path, patience);
  } catch (error const& failed) {
    return failed;
  }
  FAIL(path << " was read");
  throw;
}

/// A pipe in the place of standard input, for as long as the object lives.
class piped_input {
 public:
  piped_input() : before_(dup(STDIN_FILENO)) {
    REQUIRE(pipe(ends_) == 0);
    dup2(ends_[0], STDIN_FILENO);
  }
  ~piped_input() {
    dup2(before_, STDIN_FILENO);
    for (int const each : {before_, ends_[0]}) close(each);
    end();
  }
  piped_input(piped_input const&) = delete;
  piped_input& operator=(piped_input const&) = delete;

  void write(std::string const& text) const {
    CHECK(::write(ends_[1], text.data(), text.size()) == ssize_t(text.size()));
  }
  void end() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  int before_;
  int ends_[2]{};
};

}  // namespace

TEST_CASE("a named pipe to which nobody writes is an error, and keeps nobody waiting") {
  test::temp_dir directory;
  REQUIRE(mkfifo((directory / "pipe").c_str(), 0600) == 0);
  auto const failed = failure_of(directory / "pipe", std::chrono::milliseconds(100));
  CHECK(failed.kind() == error_kind::usage);
  CHECK(failed.message() ==
        "the file " + (directory / "pipe") + " cannot be read: it is a named pipe to which nobody writes");
}

TEST_CASE("a named pipe whose writer comes a moment later is read to its end") {
  test::temp_dir directory;
  std::string const pipe = directory / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  std::jthread const writer([&pipe] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    std::ofstream out{pipe};
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    out << "a" << std::flush;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    out << "b";
  });
  CHECK(cli::read_file(pipe) == "ab");
}

TEST_CASE("what does not end in time is a time-out") {
  test::temp_dir directory;
  std::string const pipe = directory / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  std::jthread const writer([&pipe] {
    std::ofstream out{pipe};
    out << "a" << std::flush;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  });
  CHECK(failure_of(pipe, std::chrono::milliseconds(100)).kind() == error_kind::timeout);
  piped_input const input;
  input.write("a");
  auto const failed = failure_of("-", std::chrono::milliseconds(50));
  CHECK(failed.kind() == error_kind::timeout);
  CHECK(failed.message() == "standard input has not ended in time; nothing was done");
}

TEST_CASE("standard input is read to its end, and may be empty") {
  piped_input input;
  input.write("a\nb");
  input.end();
  CHECK(cli::read_file("-") == "a\nb");
  CHECK(cli::read_file("-").empty());
}

TEST_CASE("a file without end is an error, and so is a directory") {
  test::temp_dir directory;
  CHECK(failure_of("/dev/zero").message() == "the file /dev/zero cannot be read: it is larger than 256 MiB");
  CHECK(failure_of(directory.path()).message().ends_with("cannot be read: Is a directory"));
  CHECK(cli::read_file("/dev/null").empty());
}
