cachetool_unit_test(report text_test.cpp var_export_test.cpp table_test.cpp json_test.cpp csv_test.cpp php_json_test.cpp)
target_compile_definitions(unit_report PRIVATE GOLDEN_DIRECTORY="${CMAKE_CURRENT_LIST_DIR}/golden")
