# What a developer and CI want to be told; a user's compiler may know warnings that ours does not.
if(CACHETOOL_STRICT)
  add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Werror)
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-Wconversion;-Wsign-conversion;-Wold-style-cast;-Wnon-virtual-dtor;-Woverloaded-virtual;-Wimplicit-fallthrough>")
  if(CACHETOOL_UNITY)
    # A local name may be that of another file's constant; the builds that compile each file by itself look for the rest.
    add_compile_options(-Wno-shadow)
  endif()
endif()
# g++ 12 takes operator+(const char*, std::string&&) for an overlapping copy when it optimises (GCC bug 105651), and says
# so by several names where <string> comes from a precompiled header, whose code is no longer known for the system's.
add_compile_options("$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds>")
