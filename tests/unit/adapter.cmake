cachetool_unit_test(adapter child_test.cpp placement_test.cpp web_test.cpp)
