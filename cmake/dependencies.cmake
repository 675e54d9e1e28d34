# The libraries come from the system. A machine that lacks one may have it downloaded with -DCACHETOOL_FETCH=ON;
# without that option nothing here ever reaches for the network.
include(FetchContent)

# Finds PACKAGE, or says which Debian package holds it, or downloads the release that was tried.
function(cachetool_require PACKAGE TARGET DEBIAN_PACKAGE URL)
  find_package(${PACKAGE} QUIET GLOBAL)
  if(TARGET ${TARGET})
    return()
  endif()
  if(NOT CACHETOOL_FETCH)
    message(FATAL_ERROR "${PACKAGE} is missing: apt-get install ${DEBIAN_PACKAGE}, or configure with -DCACHETOOL_FETCH=ON")
  endif()
  string(TOLOWER ${PACKAGE} name)
  FetchContent_Declare(${name} URL ${URL})
  FetchContent_MakeAvailable(${name})
endfunction()

cachetool_require(fmt fmt::fmt-header-only libfmt-dev
  https://github.com/fmtlib/fmt/archive/refs/tags/9.1.0.tar.gz)
cachetool_require(spdlog spdlog::spdlog_header_only libspdlog-dev
  https://github.com/gabime/spdlog/archive/refs/tags/v1.10.0.tar.gz)
cachetool_require(CLI11 CLI11::CLI11 libcli11-dev
  https://github.com/CLIUtils/CLI11/archive/refs/tags/v2.1.2.tar.gz)
cachetool_require(yaml-cpp yaml-cpp libyaml-cpp-dev
  https://github.com/jbeder/yaml-cpp/archive/refs/tags/yaml-cpp-0.7.0.tar.gz)
cachetool_require(nlohmann_json nlohmann_json::nlohmann_json nlohmann-json3-dev
  https://github.com/nlohmann/json/archive/refs/tags/v3.11.2.tar.gz)
if(CACHETOOL_TESTS)
  cachetool_require(Catch2 Catch2::Catch2 catch2
    https://github.com/catchorg/Catch2/archive/refs/tags/v2.13.10.tar.gz)
endif()

# spdlog as headers over header-only fmt: its own target would pull in the shared libfmt.
add_library(cachetool_spdlog INTERFACE)
target_include_directories(cachetool_spdlog SYSTEM INTERFACE
  $<TARGET_PROPERTY:spdlog::spdlog_header_only,INTERFACE_INCLUDE_DIRECTORIES>)
target_compile_definitions(cachetool_spdlog INTERFACE SPDLOG_FMT_EXTERNAL SPDLOG_NO_EXCEPTIONS)
target_link_libraries(cachetool_spdlog INTERFACE fmt::fmt-header-only)

# yaml-cpp's archive where there is one, because the program is linked statically.
add_library(cachetool_yaml INTERFACE)
find_library(CACHETOOL_YAML_ARCHIVE libyaml-cpp.a)
if(CACHETOOL_YAML_ARCHIVE)
  target_include_directories(cachetool_yaml SYSTEM INTERFACE
    $<TARGET_PROPERTY:yaml-cpp,INTERFACE_INCLUDE_DIRECTORIES>)
  target_link_libraries(cachetool_yaml INTERFACE ${CACHETOOL_YAML_ARCHIVE})
else()
  target_link_libraries(cachetool_yaml INTERFACE yaml-cpp)
endif()

# ncurses for wide characters, as archives where there are some, for the same reason.
add_library(cachetool_curses INTERFACE)
find_path(CACHETOOL_CURSES_INCLUDE curses.h)
find_library(CACHETOOL_CURSES_LIBRARY NAMES libncursesw.a ncursesw)
find_library(CACHETOOL_TERMINFO_LIBRARY NAMES libtinfo.a tinfo)
if(NOT CACHETOOL_CURSES_INCLUDE OR NOT CACHETOOL_CURSES_LIBRARY)
  message(FATAL_ERROR "ncurses is missing: apt-get install libncurses-dev")
endif()
target_link_libraries(cachetool_curses INTERFACE ${CACHETOOL_CURSES_LIBRARY})
if(CACHETOOL_TERMINFO_LIBRARY)  # else it is a part of the other one
  target_link_libraries(cachetool_curses INTERFACE ${CACHETOOL_TERMINFO_LIBRARY})
endif()
