cachetool_unit_test(cli command_line_test.cpp completion_test.cpp config_file_test.cpp extensions_test.cpp options_test.cpp settings_test.cpp)
