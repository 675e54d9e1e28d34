cachetool_unit_test(caches apcu_test.cpp eval_test.cpp realpath_cache_test.cpp rows_test.cpp)
