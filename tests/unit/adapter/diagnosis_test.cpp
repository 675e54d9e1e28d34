#include "adapter/diagnosis.hpp"

#include "support/catch.hpp"

using namespace cachetool;

namespace {

error diagnose(int status, std::string const& body, std::string const& stderr_text = {},
               std::optional<fpm::security_labels> const& labels = {}) {
  agent::answer_reader reader(std::string(32, 'a'), {});
  reader.feed(body);
  fastcgi::response response;
  response.status = status;
  response.stderr_text = stderr_text;
  return adapter::diagnose(response, reader, "/place/agent.php", labels);
}

bool contains(std::string const& text, std::string const& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("404 File not found. means that php-fpm cannot see the file") {
  auto const found = diagnose(404, "File not found.\n", "Primary script unknown");
  CHECK(found.kind() == error_kind::not_visible);
  CHECK(found.message() == "php-fpm cannot see /place/agent.php (php-fpm says: Primary script unknown)");
  CHECK(contains(found.hint(), "--tmp-dir="));
}

TEST_CASE("404 No input file specified. means open_basedir, and the allowed paths are named") {
  auto const found =
      diagnose(404, "No input file specified.\n",
               "PHP message: PHP Warning:  open_basedir restriction in effect. File(/place/agent.php) is not "
               "within the allowed path(s): (/var/www:/srv/tmp) in Unknown on line 0");
  CHECK(found.kind() == error_kind::open_basedir);
  CHECK(found.message().rfind("open_basedir keeps php-fpm from /place/agent.php: it allows /var/www:/srv/tmp (", 0) ==
        0);
  CHECK(found.hint() == "let the agent lie inside: --tmp-dir=/var/www");
}

TEST_CASE("open_basedir is recognised without anything on STDERR") {
  auto const found = diagnose(404, "No input file specified.\n");
  CHECK(found.kind() == error_kind::open_basedir);
  CHECK(found.message() == "open_basedir keeps php-fpm from /place/agent.php");
  CHECK(contains(found.hint(), "--tmp-dir=DIR"));
}

TEST_CASE("403 with a word on limit_extensions means that setting") {
  auto const found =
      diagnose(403, "Access denied.\n",
               "Access to the script '/place/agent.php' has been denied (see security.limit_extensions)");
  CHECK(found.kind() == error_kind::limit_extensions);
  CHECK(contains(found.message(), "security.limit_extensions of this pool does not allow /place/agent.php"));
}

TEST_CASE("403 Access denied. means that php-fpm may not read the file") {
  auto const found =
      diagnose(403, "Access denied.\n", "Unable to open primary script: /place/agent.php (Permission denied)");
  CHECK(found.kind() == error_kind::access_denied);
  CHECK(contains(found.message(), "php-fpm may not read /place/agent.php"));
}

TEST_CASE("403 Access denied. where SELinux enforces labels names them") {
  auto const found = diagnose(403, "Access denied.\n", {}, fpm::security_labels{"user_tmp_t", ""});
  CHECK(found.kind() == error_kind::access_denied);
  CHECK(found.message() ==
        "php-fpm may not read /place/agent.php: SELinux is enforcing, the file's label is user_tmp_t and the worker's "
        "context is unknown");
  CHECK(contains(found.hint(), "chcon -t httpd_sys_content_t"));
}

TEST_CASE("SELinux is not suspected where it enforces nothing") {
  auto const found = diagnose(403, "Access denied.\n");
  CHECK_FALSE(contains(found.message() + found.hint(), "SELinux"));
}

TEST_CASE("404 and 403 of somebody else's page are not taken for php-fpm's own") {
  for (int const status : {404, 403}) {
    auto const found = diagnose(status, "<h1>Shop closed</h1>");
    CHECK(found.kind() == error_kind::protocol);
    CHECK(contains(found.message(),
                   "status " + std::to_string(status) + " without running the agent: \"<h1>Shop closed</h1>\""));
  }
}

TEST_CASE("an empty page is called one, and what may have caused it is said") {
  auto const found = diagnose(200, " \n");
  CHECK(found.kind() == error_kind::protocol);
  CHECK(found.message() == "php-fpm answered with an empty page");
  CHECK(contains(found.hint(), "auto_prepend_file"));
  CHECK(contains(found.hint(), "OPcache restart"));
}

TEST_CASE("memory that ran out before the agent began is named") {
  auto const found = diagnose(500, "", "PHP message: PHP Fatal error:  Allowed memory size of 2097152 bytes exhausted");
  CHECK(found.kind() == error_kind::memory_limit);
  CHECK(contains(found.hint(), "memory_limit"));
}

TEST_CASE("long texts of others are cut") {
  auto const found = diagnose(500, std::string(100000, 'x'), std::string(100000, 'y'));
  CHECK(found.message().size() < 1500);
  CHECK(contains(found.message(), "xxx...\""));
}

TEST_CASE("another place may cure what is about the place, and nothing else") {
  for (auto const kind : {error_kind::not_visible, error_kind::access_denied, error_kind::limit_extensions,
                          error_kind::open_basedir, error_kind::restricted}) {
    CHECK(adapter::is_about_the_place(kind));
  }
  for (auto const kind : {error_kind::protocol, error_kind::memory_limit, error_kind::timeout, error_kind::worker_died,
                          error_kind::unreachable}) {
    CHECK_FALSE(adapter::is_about_the_place(kind));
  }
}

TEST_CASE("the directories that open_basedir allows are read from PHP's warning") {
  auto const read = [](std::string const& list) {
    return adapter::allowed_directories("File(/x) is not within the allowed path(s): (" + list + ") in Unknown");
  };
  CHECK(read("/srv/www:/tmp") == std::vector<std::string>{"/srv/www", "/tmp"});
  CHECK(read(":/tmp:") == std::vector<std::string>{"/tmp"});
  CHECK(read("").empty());
  CHECK(adapter::allowed_directories("allowed path(s): (/never/ended") == std::vector<std::string>{"/never/ended"});
  CHECK(adapter::allowed_directories("something else").empty());
}
