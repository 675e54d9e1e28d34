cachetool_unit_test(fpm activity_test.cpp discovery_test.cpp proc_test.cpp forbidden_test.cpp fpm_config_test.cpp lock_holders_test.cpp
  selinux_test.cpp)
