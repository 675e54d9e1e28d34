cachetool_unit_test(adapter
  attacker.cpp candidates_test.cpp child_test.cpp diagnosis_test.cpp examination_test.cpp kept_file_test.cpp new_directory_test.cpp placement_test.cpp private_file_test.cpp
  web_test.cpp worker_root_test.cpp)
