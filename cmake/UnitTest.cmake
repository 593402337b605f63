if(CMAKE_CROSSCOMPILING)
  # Debian has Boost's headers for every architecture and its libraries for this one: the framework is
  # compiled here, once for all tests, which are static so that qemu-user needs no root of theirs.
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/headers)
  file(CREATE_LINK /usr/include/boost ${CMAKE_BINARY_DIR}/headers/boost SYMBOLIC)
  add_library(unit_test_main STATIC ${PROJECT_SOURCE_DIR}/tests/lib/unit_test_main.cpp)
  target_include_directories(unit_test_main SYSTEM PUBLIC ${CMAKE_BINARY_DIR}/headers)
  # A test is compiled once and run once: what the compiler saves counts. linuxrc's own code is as ever.
  target_compile_options(unit_test_main PUBLIC -O0)
  target_link_options(unit_test_main INTERFACE -static)
  set(unit_test_framework unit_test_main)
else()
  find_package(Boost 1.74 REQUIRED COMPONENTS unit_test_framework)
  set(unit_test_framework Boost::unit_test_framework)
endif()

# unit_test(NAME LIBRARY...): tests/unit/NAME_test.cpp becomes the program NAME_test and the CTest
# unit.NAME. Boost.Test supplies main().
function(unit_test name)
  add_executable(${name}_test ${PROJECT_SOURCE_DIR}/tests/unit/${name}_test.cpp)
  if(CMAKE_CROSSCOMPILING)
    # Boost.Test's header is most of a test: the first test compiles it for all.
    get_property(first GLOBAL PROPERTY first_unit_test)
    if(first)
      target_precompile_headers(${name}_test REUSE_FROM ${first})
    else()
      target_precompile_headers(${name}_test PRIVATE <boost/test/unit_test.hpp>)
      set_property(GLOBAL PROPERTY first_unit_test ${name}_test)
    endif()
  else()
    target_compile_definitions(${name}_test PRIVATE BOOST_TEST_DYN_LINK BOOST_TEST_MODULE=${name})
  endif()
  target_link_libraries(${name}_test PRIVATE ${ARGN} ${unit_test_framework})
  set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME unit.${name} COMMAND ${name}_test --log_level=message)
  set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 300
    ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;SOURCE_DIR=${PROJECT_SOURCE_DIR}")
endfunction()
