include(UnitTest)

foreach(suite block_map device_table directory_blocks layout main size_plan tree unpacked)
  unit_test(mkramdisk_${suite} mkramdisk_core)
endforeach()

# mkramdisk_script(NAME): tests/mkramdisk/NAME.sh becomes the CTest mkramdisk.NAME; exit 77 skips.
function(mkramdisk_script name)
  add_test(NAME mkramdisk.${name}
    COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/mkramdisk/${name}.sh)
  set_tests_properties(mkramdisk.${name} PROPERTIES LABELS mkramdisk TIMEOUT 600
    SKIP_RETURN_CODE 77 ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;SOURCE_DIR=${PROJECT_SOURCE_DIR}")
endfunction()

foreach(script archives choose compress concatenated genext2fs limits mount old_image readers same_bytes
    smallest streamed streams trouble usage xattrs)
  mkramdisk_script(${script})
endforeach()

mkramdisk_script(faults)
set_tests_properties(mkramdisk.faults PROPERTIES TIMEOUT 1800
  ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;FAULTS=$<TARGET_FILE:faults>")

add_test(NAME shell.mkramdisk COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/lib/check-shell
  tests/mkramdisk tests/bench/mkramdisk)
set_tests_properties(shell.mkramdisk PROPERTIES LABELS unit SKIP_RETURN_CODE 77)

# Bounded: FUZZ_SECONDS=600 tests/mkramdisk/fuzz.sh looks longer.
mkramdisk_script(fuzz)
set_tests_properties(mkramdisk.fuzz PROPERTIES LABELS "mkramdisk;fuzz"
  ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;FUZZ_SECONDS=5")
