cachetool_unit_test(agent answer_reader_test.cpp sha256_test.cpp)
