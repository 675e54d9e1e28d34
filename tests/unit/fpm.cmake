cachetool_unit_test(fpm find_test.cpp)
