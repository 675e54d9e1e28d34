# cachetool_embed_text(TARGET ROOM FILE...) embeds text files byte for byte: for page/page.css it makes ROOM/page/page.css.hpp in the
# build tree, with the constant cachetool::ROOM::embedded::page_css.
set(CACHETOOL_EMBED_TEXT_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(cachetool_embed_text TARGET ROOM)
  set(headers "")
  foreach(file IN LISTS ARGN)
    set(header ${CMAKE_CURRENT_BINARY_DIR}/embedded/${ROOM}/${file}.hpp)
    add_custom_command(
      OUTPUT ${header}
      COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}/${file} -DHEADER=${header} -DROOM=${ROOM} -P ${CACHETOOL_EMBED_TEXT_SCRIPT}
      DEPENDS ${file} ${CACHETOOL_EMBED_TEXT_SCRIPT}
      COMMENT "Embedding ${file}"
      VERBATIM)
    list(APPEND headers ${header})
  endforeach()
  # A target of its own, because TARGET was made in another directory, where the rules above are not known.
  add_custom_target(texts_of_${ROOM} DEPENDS ${headers})
  add_dependencies(${TARGET} texts_of_${ROOM})
  add_dependencies(embedded_files texts_of_${ROOM})
  target_include_directories(${TARGET} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()

# Run as a script (cmake -P), this file writes a header.
if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${SOURCE} hex HEX)
  file(SIZE ${SOURCE} size)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" escaped "${hex}")
  get_filename_component(name ${SOURCE} NAME)
  string(MAKE_C_IDENTIFIER "${name}" name)
  file(WRITE ${HEADER}
"#pragma once
#include <string_view>
namespace cachetool::${ROOM}::embedded {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored \"-Woverlength-strings\"
inline constexpr std::string_view ${name}{\"${escaped}\", ${size}};
#pragma GCC diagnostic pop
}  // namespace cachetool::${ROOM}::embedded
")
endif()
