# SPDX-License-Identifier: Apache-2.0
# The suffix of a file says what it is, so that no list of files exists anywhere:
#   x.cc -> the folder's library      x_test.cc -> its tests      x_fuzz.cc -> a fuzzer of its own
#   x_testonly.{h,cc} -> helpers that only tests may use

function(aozora_waiting_code target)
  if(AOZORA_WAITING_CODE AND AOZORA_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()

# aozora_library(NAME [DEPENDS lib ...] [LIBS external ...] [PRIVATE_LIBS external ...])
# Makes target aozora_NAME from the *.cc beside the caller, NAME_test from the *_test.cc and, where
# fuzzing is on, one executable for each *_fuzz.cc.
# Where AOZORA_WAITING_CODE is set, sanitized builds compile it without optimisation: that takes half
# the time, and it runs for moments.
function(aozora_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBS;PRIVATE_LIBS;TEST_DEPENDS" ${ARGN})
  file(GLOB all CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|_testonly)\\.cc$")
  set(depends ${ARG_DEPENDS})
  list(TRANSFORM depends PREPEND aozora_)
  set(test_depends ${ARG_TEST_DEPENDS})
  list(TRANSFORM test_depends PREPEND aozora_)
  if(sources)
    add_library(aozora_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(aozora_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(aozora_${name} ${scope} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(aozora_${name} ${scope} ${depends} ${ARG_LIBS} fmt::fmt Threads::Threads)
  if(sources)
    aozora_waiting_code(aozora_${name})
  endif()
  if(sources AND ARG_PRIVATE_LIBS)
    target_link_libraries(aozora_${name} PRIVATE ${ARG_PRIVATE_LIBS})
  endif()

  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "(_test|_testonly)\\.cc$")
  if(AOZORA_TESTS AND tests)
    aozora_test(${name}_test SOURCES ${tests} LIBS aozora_${name} ${test_depends})
  endif()

  set(fuzzers ${all})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  if(AOZORA_FUZZ)
    foreach(source ${fuzzers})
      get_filename_component(stem ${source} NAME_WE)
      add_executable(${stem} ${source})
      target_link_libraries(${stem} PRIVATE aozora_${name} -fsanitize=fuzzer)
      set_target_properties(${stem} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    endforeach()
  endif()
endfunction()

# aozora_test(NAME SOURCES ... LIBS ... [OPTIMIZED]): a GoogleTest program, registered as one test.
# Most tests run for moments and are compiled more often than they run: only those that say
# OPTIMIZED are. The environment names the source tree, so that tests find tests/goldens without a fixed path.
function(aozora_test name)
  cmake_parse_arguments(ARG "OPTIMIZED" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  if(NOT ARG_OPTIMIZED)
    target_compile_options(${name} PRIVATE -O0)
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} GTest::gtest GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES
    ENVIRONMENT "AOZORA_SOURCE_DIR=${PROJECT_SOURCE_DIR};ASAN_OPTIONS=detect_leaks=1;LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/leaks.txt:print_suppressions=0;UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1"
    TIMEOUT 1800)
endfunction()
