cachetool_unit_test(caches
  apcu_test.cpp eval_test.cpp find_scripts_test.cpp opcache_compile_test.cpp opcache_prune_test.cpp
  opcache_refresh_test.cpp opcache_reset_test.cpp realpath_cache_test.cpp release_test.cpp rows_test.cpp site_link_test.cpp
  site_record_test.cpp warm_test.cpp young_files_test.cpp)
