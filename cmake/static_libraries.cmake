# Programs that start in milliseconds: a release carries its libraries in itself, all but the C library and libqrencode.
# Of the 4 ms that a client call took, 3.8 were the loader's, looking up 7,000 names in ten libraries (docs/performance.md).
#
# The other side: an update of Debian's OpenSSL reaches these programs when they are built again. `-DROLECALL_STATIC=OFF` links
# everything as Debian packages do. Debian has static forms of all but fmt and spdlog, which are compiled here from their headers.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT ROLECALL_SANITIZE)
  set(_static ON)
endif()
option(ROLECALL_STATIC "link libraries into the programs, except the C library" ${_static})
if(NOT ROLECALL_STATIC)
  find_package(fmt REQUIRED)
  function(rc_program name)
  endfunction()
  return()
endif()

set(CMAKE_FIND_LIBRARY_SUFFIXES .a .so)
set(OPENSSL_USE_STATIC_LIBS ON)

add_library(rc_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/static/fmt.cc)
target_compile_definitions(rc_fmt INTERFACE FMT_SHARED)  # as Debian's target has it: ccache's objects serve both kinds
add_library(fmt::fmt ALIAS rc_fmt)

find_path(SPDLOG_INCLUDE spdlog/spdlog.h REQUIRED)
add_library(rc_spdlog INTERFACE)
target_include_directories(rc_spdlog SYSTEM INTERFACE ${SPDLOG_INCLUDE})
target_compile_definitions(rc_spdlog INTERFACE SPDLOG_FMT_EXTERNAL)
target_link_libraries(rc_spdlog INTERFACE fmt::fmt)
add_library(spdlog::spdlog ALIAS rc_spdlog)

# Their own CMake files know the shared forms only.
foreach(pair pugixml::pugixml=pugixml yaml-cpp=yaml-cpp)
  string(REPLACE "=" ";" pair ${pair})
  list(GET pair 0 target)
  list(GET pair 1 library)
  find_library(RC_STATIC_${library} ${library} REQUIRED)
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${RC_STATIC_${library}})
endforeach()

# The tables of the models are 40,000 addresses, which the loader moves at start. GNU ld packs their list into a fiftieth
# (mold 1.10 does it in a way that glibc 2.36 refuses): 1.3 MiB that are neither read nor mapped.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LINK_OPTIONS -fuse-ld=bfd -Wl,-z,pack-relative-relocs)
check_cxx_source_compiles("int main() { return 0; }" RC_PACKS_RELOCATIONS)
unset(CMAKE_REQUIRED_LINK_OPTIONS)

# rc_program(name): what a program needs beside its rooms.
function(rc_program name)
  target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc -Wl,--as-needed -Wl,--gc-sections
    $<$<BOOL:${RC_PACKS_RELOCATIONS}>:-fuse-ld=bfd -Wl,-z,pack-relative-relocs>)
endfunction()
