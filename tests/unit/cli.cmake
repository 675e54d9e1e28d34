cachetool_unit_test(cli
  apcu_view_test.cpp command_line_test.cpp completion_test.cpp config_file_test.cpp deploy_view_test.cpp doctor_view_test.cpp extensions_test.cpp
  opcache_prune_view_test.cpp opcache_refresh_view_test.cpp opcache_script_view_test.cpp options_test.cpp read_file_test.cpp selection_test.cpp
  settings_test.cpp stat_view_test.cpp switch_gate_test.cpp warm_view_test.cpp)
target_compile_definitions(unit_cli PRIVATE GOLDEN_DIRECTORY="${CMAKE_CURRENT_LIST_DIR}/golden")
