#include "report/html.hpp"

#include <stdexcept>

#include "support/catch.hpp"

using namespace cachetool::report;

TEST_CASE("text in a page is never markup") {
  CHECK(html::text("<b a='1' c=\"2\">&amp;").str() == "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;");
}

TEST_CASE("control bytes, turned text and bytes that are not UTF-8 are visible in a page") {
  CHECK(html::text("a\x1b[31m\xE2\x80\xAE\xFF").str() == "a\\e[31m\\u{202E}\\xFF");
}

TEST_CASE("the slots of a template are filled, and what fills them is not looked into") {
  CHECK(fill("<{{a}}|{{b}}|{{a}}>", {{"a", html::text("{{b}}")}, {"b", html::text("<")}}).str() ==
        "<{{b}}|&lt;|{{b}}>");
}

TEST_CASE("a slot that nobody fills, or that does not end, is a mistake of ours") {
  CHECK_THROWS_AS(fill("{{a}}", {}), std::logic_error);
  CHECK_THROWS_AS(fill("{{a", {{"a", {}}}), std::logic_error);
}

TEST_CASE("a table has a caption and headings, and numbers stand at the right") {
  html_column const columns[] = {{"Name"}, {"Hits", "number"}};
  CHECK(html_table("All", columns, {{html::text("a"), html::text("1")}}).str() ==
        "<div class=\"wide\"><table>\n<caption>All</caption>\n<thead><tr><th scope=\"col\">Name</th>"
        "<th scope=\"col\" class=\"number\">Hits</th></tr></thead>\n<tbody>\n"
        "<tr><td>a</td><td class=\"number\">1</td></tr>\n</tbody></table></div>\n");
}

TEST_CASE("a table without rows is nothing") {
  html_column const columns[] = {{"Name"}};
  CHECK(html_table("All", columns, {}).empty());
}
