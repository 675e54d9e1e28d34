# cachetool_embed_agent(TARGET NAME FILE...) joins PHP files to one agent, the open tags of all but the first left out, and
# embeds it byte for byte: agents/NAME.php, and agents/NAME.hpp with its text, its SHA-256 and the names of the files, in the build tree.
set(CACHETOOL_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(cachetool_embed_agent TARGET NAME)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ OUTPUT_VARIABLE sources)
  set(base ${CMAKE_CURRENT_BINARY_DIR}/agents/${NAME})
  add_custom_command(
    OUTPUT ${base}.hpp ${base}.php
    COMMAND ${CMAKE_COMMAND} "-DSOURCES=${sources}" -DBASE=${base} -DNAME=${NAME} -P ${CACHETOOL_EMBED_SCRIPT}
    DEPENDS ${sources} ${CACHETOOL_EMBED_SCRIPT}
    COMMENT "Embedding the agent ${NAME}.php"
    VERBATIM)
  # A target of its own, because TARGET was made in another directory, where the rule above is not known.
  add_custom_target(agent_${NAME} DEPENDS ${base}.hpp)
  add_dependencies(${TARGET} agent_${NAME})
  add_dependencies(embedded_files agent_${NAME})
  target_include_directories(${TARGET} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()

# Run as a script (cmake -P), this file joins and writes.
if(CMAKE_SCRIPT_MODE_FILE)
  set(hex "")
  foreach(source IN LISTS SOURCES)
    file(READ ${source} part HEX)
    if(NOT hex STREQUAL "")
      string(REGEX REPLACE "^3c3f7068700a" "" part "${part}")
    endif()
    string(APPEND hex "${part}")
  endforeach()
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${hex}")
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")

  # The joined file itself is written from the sources as text: they hold no byte that CMake would change.
  set(text "")
  foreach(source IN LISTS SOURCES)
    file(READ ${source} part)
    if(NOT text STREQUAL "")
      string(REGEX REPLACE "^<\\?php\n" "" part "${part}")
    endif()
    string(APPEND text "${part}")
  endforeach()
  file(WRITE ${BASE}.php "${text}")
  file(SIZE ${BASE}.php written)
  if(NOT written EQUAL size)
    message(FATAL_ERROR "${NAME}.php has ${written} bytes instead of ${size}")
  endif()
  file(SHA256 ${BASE}.php hash)

  set(names "")
  foreach(source IN LISTS SOURCES)
    get_filename_component(name ${source} NAME)
    string(APPEND names "\"${name}\", ")
  endforeach()

  file(WRITE ${BASE}.hpp
"#pragma once
#include \"agent/source.hpp\"
namespace cachetool::agent::embedded {
inline constexpr std::string_view ${NAME}_parts[] = {${names}};
// A compiler need not take a literal of over 64 KiB; ours do.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored \"-Woverlength-strings\"
inline constexpr source ${NAME}{{\"${escaped}\", ${size}}, \"${hash}\", ${NAME}_parts};
#pragma GCC diagnostic pop
}  // namespace cachetool::agent::embedded
")
endif()
