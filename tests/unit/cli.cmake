cachetool_unit_test(cli
  command_line_test.cpp config_file_test.cpp opcache_script_view_test.cpp options_test.cpp settings_test.cpp)
target_compile_definitions(unit_cli PRIVATE GOLDEN_DIRECTORY="${CMAKE_CURRENT_LIST_DIR}/golden")
