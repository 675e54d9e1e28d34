# Installs BUILT into an empty prefix below SCRATCH, builds CONSUMER and the program in README against it, and runs what
# came out; the latter against a php-fpm, where there is one.
set(prefix ${SCRATCH}/prefix)
set(build ${SCRATCH}/consumer)
file(REMOVE_RECURSE ${prefix} ${build})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nfailed with ${result}:\n${output}")
  endif()
endfunction()

# What stands between ```cpp and ``` in README.md.
file(READ ${README} text)
string(REGEX MATCH "```cpp\n([^`]*)```" program "${text}")
if(program STREQUAL "")
  message(FATAL_ERROR "README.md shows no program")
endif()
file(WRITE ${SCRATCH}/readme.cpp "${CMAKE_MATCH_1}")

run(${CMAKE_COMMAND} --install ${BUILT} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${build} -G ${GENERATOR} -DCMAKE_PREFIX_PATH=${prefix}
  -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS} -DWANTED_VERSION=${VERSION} -DREADME_PROGRAM=${SCRATCH}/readme.cpp)
run(${CMAKE_COMMAND} --build ${build})
run(${build}/consumer)
run(${prefix}/bin/cachetool -V)
if(NOT EXISTS ${prefix}/share/cachetool/agent.php)
  message(FATAL_ERROR "agent.php was not installed")
endif()
run(${TRY} ${build}/readme)
if(NOT EXISTS ${prefix}/share/cachetool/cachetool.phar)
  message(FATAL_ERROR "cachetool.phar was not installed")
endif()
foreach(file man/man1/cachetool.1 man/man1/cachetool-opcache.1 bash-completion/completions/cachetool
    zsh/vendor-completions/_cachetool fish/vendor_completions.d/cachetool.fish)
  if(NOT EXISTS ${prefix}/share/${file})
    message(FATAL_ERROR "${file} was not installed")
  endif()
endforeach()
