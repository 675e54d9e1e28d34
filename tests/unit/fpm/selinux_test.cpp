#include "fpm/selinux.hpp"

#include <sys/xattr.h>

#include "machine_tree.hpp"
#include "support/catch.hpp"

using namespace cachetool;

namespace {

struct labelled_machine {
  explicit labelled_machine(std::string const& enforcing) {
    machine.file("/sys/fs/selinux/enforce", enforcing);
    machine.file("/proc/10/task/10/children", "11 12 ");
    machine.file("/proc/11/attr/current", std::string("system_u:system_r:httpd_t:s0\0", 29));
    machine.link("/proc/11/root", machine.path(""));
    machine.file("/tmp/agent.php", "<?php");
  }

  [[nodiscard]] auto labels() const { return fpm::enforced_labels("/tmp/agent.php", 10, machine.where_to_look()); }

  test::machine_tree machine;
};

}  // namespace

TEST_CASE("where SELinux does not enforce anything it is not suspected") {
  CHECK_FALSE(labelled_machine("0").labels());
  test::machine_tree const without;
  CHECK_FALSE(fpm::enforced_labels("/tmp/agent.php", 10, without.where_to_look()));
}

TEST_CASE("where it does, the worker's context and the file's label are told") {
  labelled_machine const machine("1");
  std::string const label = "unconfined_u:object_r:user_tmp_t:s0";
  bool const labelled = setxattr(machine.machine.path("/tmp/agent.php").c_str(), "security.selinux", label.c_str(),
                                 label.size() + 1, 0) == 0;  // root's right, and not on every file system
  auto const found = machine.labels();
  REQUIRE(found);
  CHECK(found->process == "system_u:system_r:httpd_t:s0");
  CHECK(found->file == (labelled ? label : ""));
}
