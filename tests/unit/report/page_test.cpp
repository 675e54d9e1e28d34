#include "report/page.hpp"

#include "support/catch.hpp"

using namespace cachetool::report;

namespace {

std::string whole_page() {
  return page("<title>", {}, html::markup("<p>parts</p>")).str();
}

}  // namespace

TEST_CASE("the page needs nothing from anywhere") {
  std::string const text = whole_page();
  CHECK(text.find("default-src 'none'") != std::string::npos);
  for (char const* const foreign : {"http://", "https://", "url(", "@import", "src=", "<link", "innerHTML", "eval("}) {
    CAPTURE(foreign);
    CHECK(text.find(foreign) == std::string::npos);
  }
}

TEST_CASE("the page's title is text") {
  CHECK(whole_page().find("<title>&lt;title&gt;</title>") != std::string::npos);
}

TEST_CASE("the page's policy names its script and style by their SHA-256") {
  std::string const text = whole_page();
  std::string const one = "style-src 'sha256-";
  auto const at = text.find(one);
  REQUIRE(at != std::string::npos);
  CHECK(text.substr(at + one.size() + 43, 2) == "='");  // 32 bytes in base64
  CHECK(text.find("script-src 'sha256-") != std::string::npos);
}
