#include "adapter/retry.hpp"
#include "agent/observer.hpp"
#include "cli/targets/targets.hpp"
#include "support/catch.hpp"

using namespace cachetool;

namespace {

/// A pool whose calls fail, and which adds its name to the errors that it examines. All pools have one label.
class failing_pool final : public adapter::adapter {
 public:
  explicit failing_pool(std::string name) : name_(std::move(name)) {}

  agent::answer run(agent::call const& /*what*/) override {
    return cachetool::adapter::with_retries([]() -> agent::answer { throw error(error_kind::restricted, "refused"); },
                                            [](error const&) { return cachetool::adapter::retry_plan{0}; }, *this,
                                            watcher_);
  }
  [[nodiscard]] std::string label() const override { return "/run/www.sock"; }
  [[nodiscard]] error examined(error const& failed) const override { return failed.in_words(name_, failed.hint()); }

 private:
  std::string name_;
  agent::observer watcher_;
};

struct two_pools {
  failing_pool first{"first"};
  failing_pool second{"second"};
  cli::console streams{cli::console::settings{}};
  cli::reached_master master{{&first, &second}, {}, 1, -1, streams};
};

std::string examiner_of(cli::reached_master const& master, std::function<void()> const& fails) {
  try {
    fails();
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::restricted);
    return master.examined(failed).message();
  }
  return "nobody";
}

}  // namespace

TEST_CASE("the error of a call is examined by the pool whose call it was, not by one that is shown alike") {
  two_pools with;
  CHECK(examiner_of(with.master, [&] { (void)with.first.run({}); }) == "first");
  CHECK(examiner_of(with.master, [&] { (void)with.second.run({}); }) == "second");
}

TEST_CASE("an error of which nobody knows whose call it was is examined by the first pool") {
  two_pools with;
  CHECK(examiner_of(with.master, [] { throw error(error_kind::restricted, "refused").on("/run/www.sock"); }) ==
        "first");
  failing_pool gone("gone");
  CHECK(examiner_of(with.master, [&] { (void)gone.run({}); }) == "first");
}
