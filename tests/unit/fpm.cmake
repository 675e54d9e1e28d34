cachetool_unit_test(fpm discovery_test.cpp fpm_config_test.cpp lock_holders_test.cpp)
