#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "adapter/web_adapter.hpp"
#include "adapter/web_diagnosis.hpp"
#include "adapter/web_file.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;
using adapter::http_response;
using adapter::split_url;
using adapter::web_file;

namespace {

std::size_t files_in(std::string const& directory) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(directory), std::filesystem::directory_iterator()));
}

error diagnosis(int status, std::string const& body) {
  return adapter::diagnose_web({status, ""}, body, "http://host/x.php", "/srv/www");
}

std::string made_label(std::string const& url) {
  agent::observer nobody;
  adapter::web_options options;
  options.url = url;
  return adapter::web_adapter(options, nobody).label();
}

}  // namespace

TEST_CASE("a URL's scheme and host are taken in lower case, without port and password") {
  auto const parts = split_url("HTTPS://me:a@b@Example.COM:8443/shop?x=@");
  REQUIRE(parts);
  CHECK(parts->scheme == "https");
  CHECK(parts->user_info == "me:a@b");
  CHECK(parts->host == "example.com");
  CHECK(parts->rest == "Example.COM:8443/shop?x=@");
}

TEST_CASE("a URL's host may be an IPv6 address") {
  CHECK(split_url("http://[::1]:80/")->host == "[::1]");
}

TEST_CASE("what is no http or https URL with a host is none") {
  for (char const* text :
       {"", "example.com", "ftp://example.com", "http://", "http:///path", "http://[::1/", "file:///etc/passwd"}) {
    CAPTURE(text);
    CHECK_FALSE(split_url(text));
  }
}

TEST_CASE("a web site is called by its URL without final slash and password") {
  CHECK(made_label("http://me:secret@host/shop//") == "http://host/shop");
}

TEST_CASE("a web site's URL that is none is refused") {
  CHECK_THROWS_WITH(made_label("example.com"), "\"example.com\" is no URL of a web site");
}

TEST_CASE("the agent's file in a document root can be read by everybody, written by nobody, and is removed") {
  test::temp_dir const root;
  {
    web_file const file(root.path(), "<?php");
    struct stat info {};
    REQUIRE(stat((root / file.name()).c_str(), &info) == 0);
    CHECK((info.st_mode & 07777U) == 0444);
    CHECK(info.st_mtime == 0);
    CHECK(file.name().size() == std::string("cachetool-.php").size() + 32);
  }
  CHECK(files_in(root.path()) == 0);
}

TEST_CASE("two files in one document root have different names") {
  test::temp_dir const root;
  web_file const one(root.path(), "<?php");
  web_file const two(root.path(), "<?php");
  CHECK(one.name() != two.name());
  CHECK(files_in(root.path()) == 2);
}

TEST_CASE("a document root that is none is a usage error") {
  test::temp_dir const root;
  std::ofstream(root / "file") << "x";
  for (std::string const& path : {root / "absent", root / "file"}) {
    try {
      web_file const file(path, "<?php");
      FAIL("no error was thrown");
    } catch (error const& failed) {
      CHECK(failed.kind() == error_kind::usage);
      CHECK(failed.message().find("the document root " + path + " cannot be used") == 0);
    }
  }
}

TEST_CASE("a document root that cannot be written is an error of the placement") {
  try {
    web_file const file("/proc", "<?php");
    FAIL("no error was thrown");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::placement);
  }
}

TEST_CASE("an answer without the agent says the HTTP status, the URL and its first bytes") {
  auto const failed = diagnosis(500, "<h1>Oops\n</h1>");
  CHECK(failed.message() == "the web server answered with HTTP status 500 for http://host/x.php: \"<h1>Oops\\n</h1>\"");
  CHECK(failed.kind() == error_kind::protocol);
}

TEST_CASE("500 tells what a link that was switched has to do with it") {
  auto const failed = diagnosis(500, "");
  CHECK(failed.hint().find("If a link on the way to /srv/www was switched a moment ago") != std::string::npos);
}

TEST_CASE("404 asks whether the document root is the right one") {
  auto const failed = diagnosis(404, "");
  CHECK(failed.kind() == error_kind::not_visible);
  CHECK(failed.hint().find("is /srv/www the directory") == 0);
}

TEST_CASE("401 points to --web-basic-auth") {
  CHECK(diagnosis(401, "").hint().find("--web-basic-auth") == 0);
}

TEST_CASE("403 is a denied access") {
  CHECK(diagnosis(403, "").kind() == error_kind::access_denied);
}

TEST_CASE("a gateway's error may have reached PHP") {
  CHECK(diagnosis(502, "").may_have_run());
}

TEST_CASE("PHP's source instead of its output is recognised") {
  CHECK(diagnosis(200, "<?php\n// ...").hint().find("does not run PHP") != std::string::npos);
}

TEST_CASE("a page of somebody else is recognised") {
  CHECK(diagnosis(200, "<html>").hint().find("something else than the agent") == 0);
}
