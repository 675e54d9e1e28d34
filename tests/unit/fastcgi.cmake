cachetool_unit_test(fastcgi
  cgi_parser_test.cpp
  client_connect_test.cpp
  client_test.cpp
  endpoint_test.cpp
  error_test.cpp
  fastcgi_text_test.cpp
  protocol_test.cpp
  record_decoder_test.cpp)
target_link_libraries(unit_fastcgi PRIVATE cachetool_test_support)
