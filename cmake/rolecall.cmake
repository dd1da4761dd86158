# What every target here shares, and the one way to declare a room of the house.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Precompiled headers want ccache to look past their time stamps.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

add_library(rc_options INTERFACE)
target_include_directories(rc_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
target_compile_options(rc_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>
  # gcc 12 sees restrict and overflow errors inside its own libstdc++ when optimising std::string (GCC bug 105651);
  # its maybe-uninitialized has false alarms on std::optional and std::expected.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds
    -Wno-maybe-uninitialized -Wno-dangling-reference>
  # clang 19 sees a deprecated call inside libstdc++ 12's own std::stable_sort (get_temporary_buffer).
  $<$<CXX_COMPILER_ID:Clang>:-Wno-c99-designator -Wno-deprecated-declarations>
  # ccache keeps clang's precompiled headers only if they hold no time of day.
  $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  get_target_property(_options rc_options INTERFACE_COMPILE_OPTIONS)
  string(REPLACE "-Wno-dangling-reference" "" _options "${_options}")
  set_target_properties(rc_options PROPERTIES INTERFACE_COMPILE_OPTIONS "${_options}")
endif()
if(ROLECALL_WERROR)
  target_compile_options(rc_options INTERFACE -Werror)
endif()
if(ROLECALL_SANITIZE)
  set(_sanitize -fsanitize=${ROLECALL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -O1 -g1)
  target_compile_options(rc_options INTERFACE ${_sanitize})
  target_link_options(rc_options INTERFACE -fsanitize=${ROLECALL_SANITIZE})
  if(ROLECALL_FUZZ)
    # Coverage for libFuzzer in every room, or it would mutate blindly.
    target_compile_options(rc_options INTERFACE -fsanitize=fuzzer-no-link)
  endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_options(rc_options INTERFACE -g1 -D_GLIBCXX_ASSERTIONS)
else()
  target_compile_options(rc_options INTERFACE -g1 -D_FORTIFY_SOURCE=2)
endif()

# The standard headers that nearly every file includes, compiled once and reused by every room.
file(WRITE ${CMAKE_BINARY_DIR}/pch.cc "// precompiled header carrier\n")
add_library(rc_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cc)
target_link_libraries(rc_pch PUBLIC rc_options)
target_precompile_headers(rc_pch PRIVATE
  <algorithm> <array> <atomic> <charconv> <cstdint> <cstring> <expected> <functional> <map> <memory>
  <optional> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)

# rc_library(name SOURCES … DEPS … PRIVATE_DEPS … TESTS … TEST_DEPS …)
# Makes the static library rc_<name> and, where TESTS are given, the test program <name>_test, registered with ctest.
# A name with a slash (services/iam) becomes rc_services_iam.
function(rc_library name)
  cmake_parse_arguments(A "NO_PCH" "" "SOURCES;DEPS;PRIVATE_DEPS;TESTS;TEST_DEPS" ${ARGN})
  string(REPLACE "/" "_" target ${name})
  if(DEFINED ENV{ROLECALL_SKIP_MISSING})
    # For several people in one checkout: a file that is listed but not there yet stops nobody else.
    foreach(list A_SOURCES A_TESTS)
      foreach(file ${${list}})
        if(NOT IS_ABSOLUTE ${file} AND NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
          message(WARNING "${name}: ${file} is not there yet")
          list(REMOVE_ITEM ${list} ${file})
        endif()
      endforeach()
    endforeach()
  endif()
  if(A_SOURCES)
    add_library(rc_${target} STATIC ${A_SOURCES})
    target_link_libraries(rc_${target} PUBLIC rc_options ${A_DEPS} PRIVATE ${A_PRIVATE_DEPS})
    if(NOT A_NO_PCH)
      target_precompile_headers(rc_${target} REUSE_FROM rc_pch)
    endif()
  else()
    add_library(rc_${target} INTERFACE)
    target_link_libraries(rc_${target} INTERFACE rc_options ${A_DEPS})
  endif()
  if(ROLECALL_TESTS AND A_TESTS)
    add_executable(${target}_test ${A_TESTS})
    target_link_libraries(${target}_test PRIVATE rc_${target} ${A_TEST_DEPS} GTest::gtest GTest::gtest_main)
    target_compile_definitions(${target}_test PRIVATE ROLECALL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${target} COMMAND ${target}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  endif()
endfunction()

# rc_fuzzer(name DEPS …): fuzz/<name>.cc with LLVMFuzzerTestOneInput; seeds in fuzz/corpus/<name>/.
# A test replays the seeds: with libFuzzer where the build has it, else with a main of our own, so they run with any compiler.
function(rc_fuzzer name)
  cmake_parse_arguments(A "" "" "DEPS" ${ARGN})
  if(DEFINED ENV{ROLECALL_SKIP_MISSING} AND NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${name}.cc)
    message(WARNING "${name}.cc is not there yet")
    return()
  endif()
  add_executable(fuzz_${name} ${name}.cc)
  target_link_libraries(fuzz_${name} PRIVATE rc_options ${A_DEPS})
  if(ROLECALL_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    if(NOT TARGET fuzzers)
      add_custom_target(fuzzers)
    endif()
    add_dependencies(fuzzers fuzz_${name})
    add_test(NAME seeds_${name} COMMAND fuzz_${name} -runs=0 ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  else()
    target_sources(fuzz_${name} PRIVATE replay_seeds.cc)
    add_test(NAME seeds_${name} COMMAND fuzz_${name} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  endif()
endfunction()

# rc_bench(name DEPS …): bench/<name>.cc with Google Benchmark.
function(rc_bench name)
  cmake_parse_arguments(A "" "" "DEPS" ${ARGN})
  add_executable(${name} ${name}.cc)
  target_link_libraries(${name} PRIVATE rc_options ${A_DEPS} benchmark::benchmark benchmark::benchmark_main)
endfunction()
