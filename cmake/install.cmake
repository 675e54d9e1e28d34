# Two components: `program`, with all that belongs to it, and `development`: both libraries with their headers, and what
# find_package(cachetool) and pkg-config read.
include(CMakePackageConfigHelpers)

set(CACHETOOL_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/cachetool)

install(TARGETS cachetool COMPONENT program)
install(TARGETS cachetool_fastcgi cachetool_core EXPORT cachetool-targets COMPONENT development)
install(DIRECTORY include/cachetool TYPE INCLUDE COMPONENT development)
install(EXPORT cachetool-targets NAMESPACE cachetool:: DESTINATION ${CACHETOOL_PACKAGE_DIR}
  COMPONENT development)

configure_package_config_file(cmake/cachetool-config.cmake.in ${PROJECT_BINARY_DIR}/cachetool-config.cmake
  INSTALL_DESTINATION ${CACHETOOL_PACKAGE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cachetool-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cachetool-config.cmake ${PROJECT_BINARY_DIR}/cachetool-config-version.cmake
  DESTINATION ${CACHETOOL_PACKAGE_DIR} COMPONENT development)

# pkg-config's files lie in LIBDIR/pkgconfig, and find their prefix from there.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_INCLUDEDIR BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig
  OUTPUT_VARIABLE CACHETOOL_INCLUDE_FROM_PC)
foreach(name cachetool cachetool-fastcgi)
  configure_file(cmake/${name}.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endforeach()

# "php cachetool.phar" goes on working: a PHP file that hands over to the program.
install(PROGRAMS src/stub/cachetool.php DESTINATION ${CMAKE_INSTALL_DATADIR}/cachetool RENAME cachetool.phar COMPONENT program)

# The agent in one file, for a php-fpm that sees this file but none of the places where one is put for a call.
install(FILES ${PROJECT_BINARY_DIR}/src/agent/agents/complete.php
  DESTINATION ${CMAKE_INSTALL_DATADIR}/cachetool RENAME agent.php PERMISSIONS OWNER_READ GROUP_READ WORLD_READ
  COMPONENT program)

# Alerts and a dashboard for what the command metrics prints.
install(DIRECTORY docs/monitoring DESTINATION ${CMAKE_INSTALL_DATADIR}/cachetool COMPONENT program)

# What the program itself writes: a manual page for each group of commands, and what shells complete with.
set(CACHETOOL_GROUPS agent apcu deploy fpm opcache php self stat)

# written_by_program(FILE ARGUMENT...): FILE in the build directory, with what the program prints.
function(written_by_program FILE)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/${FILE}
    COMMAND $<TARGET_FILE:cachetool> ${ARGN} > ${PROJECT_BINARY_DIR}/${FILE} DEPENDS cachetool VERBATIM)
endfunction()

file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/man ${PROJECT_BINARY_DIR}/completion)
written_by_program(man/cachetool.1 help --format=man)
set(CACHETOOL_PAGES ${PROJECT_BINARY_DIR}/man/cachetool.1)
foreach(group IN LISTS CACHETOOL_GROUPS)
  written_by_program(man/cachetool-${group}.1 help --format=man ${group})
  list(APPEND CACHETOOL_PAGES ${PROJECT_BINARY_DIR}/man/cachetool-${group}.1)
endforeach()
foreach(shell bash zsh fish)
  written_by_program(completion/${shell} completion ${shell})
  list(APPEND CACHETOOL_COMPLETIONS ${PROJECT_BINARY_DIR}/completion/${shell})
endforeach()
add_custom_target(cachetool_texts ALL DEPENDS ${CACHETOOL_PAGES} ${CACHETOOL_COMPLETIONS})

install(FILES ${CACHETOOL_PAGES} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(FILES ${PROJECT_BINARY_DIR}/completion/bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME cachetool COMPONENT program)
# Where zsh looks below /usr/local everywhere, and below /usr where no policy says otherwise.
install(FILES ${PROJECT_BINARY_DIR}/completion/zsh
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _cachetool COMPONENT program)
install(FILES ${PROJECT_BINARY_DIR}/completion/fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME cachetool.fish COMPONENT program)
