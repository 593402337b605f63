unit_test(rdload_identify rdload_core)
unit_test(rdload_load rdload_gzip_zlib)
unit_test(rdload_cli rdload_program)
unit_test(rdload_verdict rdload_program)
unit_test(rdload_lane rdload_program)
unit_test(rdload_formats rdload_program)
set_tests_properties(unit.rdload_formats PROPERTIES SKIP_REGULAR_EXPRESSION "SKIP:")

# rdload_script(NAME): tests/rdload/NAME.sh on the built program; 77 is a visible skip.
function(rdload_script name)
  add_test(NAME rdload.${name} COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/rdload/${name}.sh)
  set_tests_properties(rdload.${name} PROPERTIES LABELS rdload TIMEOUT 600 SKIP_RETURN_CODE 77
    ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin")
endfunction()
rdload_script(identify)
rdload_script(progress)
rdload_script(loop)
rdload_script(kill)
rdload_script(signals)
rdload_script(vanish)
rdload_script(memory)
rdload_script(faults)
set_tests_properties(rdload.faults PROPERTIES
  ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;FAULTS=$<TARGET_FILE:faults>")
rdload_script(border)
set(libraries $<TARGET_FILE:common> $<TARGET_FILE:rdload_core> $<TARGET_FILE:rdload_gzip_zlib>)
foreach(decoder ${RDLOAD_DECODERS})
  list(APPEND libraries $<TARGET_FILE:rdload_${decoder}>)
endforeach()
string(REPLACE ";" " " libraries "${libraries}")
set_tests_properties(rdload.border PROPERTIES
  ENVIRONMENT "LIBRARIES=${libraries};FRONT=$<TARGET_FILE:rdload_program>")
rdload_script(fuzz)
rdload_script(differential)
set_tests_properties(rdload.differential PROPERTIES
  ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;DIFFERENTIAL_SAMPLE=4" LABELS "rdload;vm")
set_tests_properties(rdload.fuzz PROPERTIES
  ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;FUZZ_SECONDS=3" LABELS "rdload;fuzz" TIMEOUT 1800)

# Small builds: the program with no decoder but zlib's, and with each of the others alone.
foreach(decoder none ${RDLOAD_DECODERS})
  add_executable(rdload_only_${decoder} ${PROJECT_SOURCE_DIR}/rdload/main.cpp)
  target_link_libraries(rdload_only_${decoder} PRIVATE rdload_with_${decoder})
  set_target_properties(rdload_only_${decoder} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
endforeach()
string(REPLACE ";" " " decoders "${RDLOAD_DECODERS}")
rdload_script(decoders)
set_tests_properties(rdload.decoders PROPERTIES ENVIRONMENT
  "BIN=${CMAKE_BINARY_DIR}/bin;SMALL=${CMAKE_CURRENT_BINARY_DIR};DECODERS=${decoders}")
