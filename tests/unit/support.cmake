# The tests' own tools, where a mistake would make other tests pass that should not.
cachetool_unit_test(support program_test.cpp cli_case_test.cpp)
target_link_libraries(unit_support PRIVATE cachetool_cli_case)
