#pragma once

// Ways to write a PHP file, for the tests of what is compiled: each may be compiled otherwise than the next.

#include <random>
#include <string>
#include <vector>

namespace cachetool::test {

/// One file. In its code and its visit, "{v}" stands for a version of it, and "{n}" for a number of its own.
struct construct {
  std::string name;
  std::string code;
  std::string visit{};  ///< what is run after the file was included, without an open tag; empty: the file says it all
  int since = 70000;    ///< the first PHP that knows it, as PHP_VERSION_ID
};

std::vector<construct> constructs();

/// A file of statements that were drawn: declarations of all kinds, and uses of them above and below.
construct random_construct(std::mt19937& random);

}  // namespace cachetool::test
