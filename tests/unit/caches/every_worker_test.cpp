#include "caches/every_worker.hpp"

#include "support/catch.hpp"

using namespace cachetool;

namespace {

caches::sweep complete() {
  caches::sweep swept;
  swept.from.pool = "www";
  swept.answers.resize(2);
  swept.workers_known = true;
  return swept;
}

std::string why(caches::sweep const& swept) {
  return caches::why_incomplete(swept, "/run/www.sock").value_or("");
}

}  // namespace

TEST_CASE("a sweep in which every worker answered is complete") {
  CHECK(why(complete()).empty());
}

TEST_CASE("a sweep tells which workers it did not reach, and of which pool") {
  caches::sweep swept = complete();
  swept.missing = {12, 14};
  CHECK(why(swept) == "not every worker could be reached: 12, 14 of the pool www");
  swept.from.pool.clear();
  CHECK(why(swept) == "not every worker could be reached: 12, 14 of the pool /run/www.sock");
}

TEST_CASE("a sweep of which nobody knows the workers is not complete, though all that were known answered") {
  caches::sweep swept = complete();
  swept.workers_known = false;
  CHECK(why(swept) == "nobody tells which workers the pool www has");
}

TEST_CASE("why a sweep was given up comes before what it did not reach") {
  caches::sweep swept;
  swept.failure = error(error_kind::timeout, "no worker answered within 1 s");
  swept.missing = {12};
  CHECK(why(swept) == "the pool at /run/www.sock could not be asked: no worker answered within 1 s");
}
