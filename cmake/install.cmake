# The program, both libraries with their headers, and what find_package(cachetool) reads.
include(CMakePackageConfigHelpers)

set(CACHETOOL_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/cachetool)

install(TARGETS cachetool)
install(TARGETS cachetool_fastcgi cachetool_core EXPORT cachetool-targets)
install(DIRECTORY include/cachetool TYPE INCLUDE)
install(EXPORT cachetool-targets NAMESPACE cachetool:: DESTINATION ${CACHETOOL_PACKAGE_DIR})

configure_package_config_file(cmake/cachetool-config.cmake.in ${PROJECT_BINARY_DIR}/cachetool-config.cmake
  INSTALL_DESTINATION ${CACHETOOL_PACKAGE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cachetool-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cachetool-config.cmake ${PROJECT_BINARY_DIR}/cachetool-config-version.cmake
  DESTINATION ${CACHETOOL_PACKAGE_DIR})

# "php cachetool.phar" goes on working: a PHP file that hands over to the program.
install(PROGRAMS src/stub/cachetool.php DESTINATION ${CMAKE_INSTALL_DATADIR}/cachetool RENAME cachetool.phar)

# The agent in one file, for a php-fpm that sees this file but none of the places where one is put for a call.
install(FILES ${PROJECT_BINARY_DIR}/src/agent/agents/complete.php
  DESTINATION ${CMAKE_INSTALL_DATADIR}/cachetool RENAME agent.php PERMISSIONS OWNER_READ GROUP_READ WORLD_READ)

# Alerts and a dashboard for what the command metrics prints.
install(DIRECTORY docs/monitoring DESTINATION ${CMAKE_INSTALL_DATADIR}/cachetool)
