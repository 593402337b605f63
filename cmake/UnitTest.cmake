find_package(Boost 1.74 REQUIRED COMPONENTS unit_test_framework)

# unit_test(NAME LIBRARY...): tests/unit/NAME_test.cpp becomes the program NAME_test and the CTest
# unit.NAME. Boost.Test is linked dynamically and supplies main().
function(unit_test name)
  add_executable(${name}_test ${PROJECT_SOURCE_DIR}/tests/unit/${name}_test.cpp)
  target_compile_definitions(${name}_test PRIVATE BOOST_TEST_DYN_LINK BOOST_TEST_MODULE=${name})
  target_link_libraries(${name}_test PRIVATE ${ARGN} Boost::unit_test_framework)
  set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME unit.${name} COMMAND ${name}_test --log_level=message)
  set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 300
    ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;SOURCE_DIR=${PROJECT_SOURCE_DIR}")
endfunction()
