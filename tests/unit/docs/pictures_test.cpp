#include <algorithm>

#include "docs/documents.hpp"
#include "support/catch.hpp"

namespace fs = std::filesystem;

TEST_CASE("no picture holds a control byte") {
  std::size_t seen = 0;
  for (auto const& each : fs::recursive_directory_iterator(fs::path(CACHETOOL_PROJECT) / "docs")) {
    if (each.path().extension() != ".svg") continue;
    INFO(each.path());
    std::string const text = test::text_of(each.path());
    CHECK(text.find("<svg") != std::string::npos);
    CHECK(std::none_of(text.begin(), text.end(),
                       [](char c) { return (c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == 0x7f; }));
    ++seen;
  }
  CHECK(seen >= 2);
}
