# SPDX-License-Identifier: Apache-2.0
# The suffix of a file says what it is, so that no list of files exists anywhere:
#   x.cc -> the folder's library      x_test.cc -> its tests      x_fuzz.cc -> a fuzzer of its own
#   x_testonly.{h,cc} -> helpers that only tests may use

function(aozora_unhurried_code target)
  if(AOZORA_SANITIZE AND (AOZORA_WAITING_CODE OR AOZORA_CALLS_KERNELS))
    target_compile_options(${target} PRIVATE -O0)
  elseif(AOZORA_WAITING_CODE)
    target_compile_options(${target} PRIVATE -O1)
  endif()
endfunction()

# Release and sanitized builds compile several files as one (CMAKE_UNITY_BUILD), which halves their
# time. A kernel includes itself once for each instruction set and stays alone; a folder whose files
# give the same names to their own things (each route its List) sets CMAKE_UNITY_BUILD OFF.
function(aozora_kernels_alone)
  foreach(source ${ARGN})
    file(STRINGS ${source} kernel REGEX "define HWY_TARGET_INCLUDE" LIMIT_COUNT 1)
    if(kernel)
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      if(AOZORA_SANITIZE)
        set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS -O1)
      endif()
    endif()
  endforeach()
endfunction()

# aozora_library(NAME [DEPENDS lib ...] [LIBS external ...] [PRIVATE_LIBS external ...])
# Makes target aozora_NAME from the *.cc beside the caller, NAME_test from the *_test.cc and, where
# fuzzing is on, one executable for each *_fuzz.cc.
# Where AOZORA_WAITING_CODE is set, the code reads, asks and waits rather than computes. It is
# compiled with -O1, which takes three quarters of the time and serves as many requests. Sanitized
# builds compile it without optimisation, which takes half the time, and its tests run for moments
# there; `./dev check` does not run them a second time in the optimised build. Where
# AOZORA_CALLS_KERNELS is set, the work is done by kernels, which stay optimised.
function(aozora_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBS;PRIVATE_LIBS;TEST_DEPENDS" ${ARGN})
  file(GLOB all CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|_testonly)\\.cc$")
  set(depends ${ARG_DEPENDS})
  list(TRANSFORM depends PREPEND aozora_)
  set(test_depends ${ARG_TEST_DEPENDS})
  list(TRANSFORM test_depends PREPEND aozora_)
  aozora_kernels_alone(${sources})
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
    aozora_unhurried_code(aozora_${name})
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

# aozora_test(NAME SOURCES ... LIBS ... [OPTIMIZED] [LONG]): a GoogleTest program, registered as one
# test. LONG ones begin first, so that no processor waits for them at the end.
# Most tests run for moments and are compiled more often than they run: only those that say
# OPTIMIZED are. The environment names the source tree, so that tests find tests/goldens without a fixed path.
function(aozora_test name)
  cmake_parse_arguments(ARG "OPTIMIZED;LONG" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  if(NOT ARG_OPTIMIZED)
    target_compile_options(${name} PRIVATE -O0)
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} GTest::gtest GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  if(ARG_LONG)
    set_tests_properties(${name} PROPERTIES COST 1000)
  endif()
  if(AOZORA_WAITING_CODE)
    set_tests_properties(${name} PROPERTIES LABELS waiting)
  else()
    add_dependencies(optimized ${name})
  endif()
  set_tests_properties(${name} PROPERTIES
    ENVIRONMENT "AOZORA_SOURCE_DIR=${PROJECT_SOURCE_DIR};ASAN_OPTIONS=detect_leaks=1;LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/leaks.txt:print_suppressions=0;UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1"
    TIMEOUT 1800)
endfunction()
