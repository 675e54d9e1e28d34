#include "cli/output/unforeseen.hpp"

#include <new>
#include <stdexcept>
#include <system_error>

#include "support/catch.hpp"

using namespace cachetool;

TEST_CASE("what the machine refuses is told in a sentence, with what helps") {
  error const thread = cli::unforeseen(std::system_error(EAGAIN, std::generic_category(), "jthread"));
  CHECK(thread.message() == "no further process or thread could be started");
  CHECK(thread.kind() == error_kind::no_resources);
  CHECK(std::string(thread.hint()).find("ulimit -a") != std::string::npos);
  CHECK(cli::unforeseen(std::bad_alloc()).message() == "no memory is left");
  auto const refused = [](int code) {
    return cli::unforeseen(std::system_error(code, std::system_category(), "what")).message();
  };
  CHECK(refused(ENOMEM) == "no memory is left");
  CHECK(refused(EMFILE) == "too many files are open");
  CHECK(refused(ENFILE) == "too many files are open");
  CHECK(refused(EIO) == "the system refused what is needed: Input/output error");
}

TEST_CASE("an exception of which nobody knows is called a bug, without its control bytes") {
  CHECK(cli::unforeseen(std::runtime_error("a\nb")).message() == "this is a bug in cachetool: a\\nb");
}

TEST_CASE("an error stays what it is") {
  CHECK(cli::unforeseen(error(error_kind::timeout, "too late")).kind() == error_kind::timeout);
}
