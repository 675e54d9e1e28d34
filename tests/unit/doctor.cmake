cachetool_unit_test(doctor
  doctor_cache_test.cpp doctor_deploy_test.cpp doctor_examine_test.cpp doctor_functions_test.cpp doctor_pool_test.cpp
  doctor_way_test.cpp)
