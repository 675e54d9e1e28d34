#include "cli/settings/read_file.hpp"

#include <fstream>

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
