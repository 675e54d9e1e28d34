#include "doctor/walk.hpp"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <vector>

#include "base/unique_fd.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace cachetool;

namespace {

/// A socket at which every connection has to wait.
class full_socket {
 public:
  full_socket() {
    address_.sun_family = AF_UNIX;
    path().copy(address_.sun_path, sizeof address_.sun_path - 1);
    REQUIRE(bind(listener_.get(), name(), sizeof address_) == 0);
    REQUIRE(listen(listener_.get(), 0) == 0);
    while (connect(clients_.emplace_back(make()).get(), name(), sizeof address_) == 0) {
      REQUIRE(clients_.size() < 100);
    }
  }

  [[nodiscard]] std::string path() const { return directory_ / "full.sock"; }

 private:
  static base::unique_fd make() {
    return base::unique_fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  }
  [[nodiscard]] sockaddr const* name() const { return reinterpret_cast<sockaddr const*>(&address_); }

  test::temp_dir directory_;
  sockaddr_un address_{};
  base::unique_fd listener_ = make();
  std::vector<base::unique_fd> clients_;
};

}  // namespace

TEST_CASE("a signal while doctor looks who listens ends the walk, and nothing is sent") {
  full_socket const silent;
  base::unique_fd const signal(eventfd(1, EFD_CLOEXEC));
  agent::observer nobody;
  doctor::way_to_try how;
  how.where = fastcgi::endpoint::unix_socket(silent.path());
  how.open = [](agent::observer& /*watcher*/) -> std::unique_ptr<adapter::adapter> {
    FAIL("the walk went on");
    return nullptr;
  };
  how.interrupt_fd = signal.get();
  try {
    static_cast<void>(doctor::walk(how, nobody));
    FAIL("no error");
  } catch (error const& failed) {
    CHECK(failed.kind() == error_kind::interrupted);
  }
}
