cachetool_unit_test(php value_test.cpp unserialize_test.cpp serialize_test.cpp)
