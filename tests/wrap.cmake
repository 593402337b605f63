# mkramdisk --wrap and --inspect.
include(UnitTest)

foreach(suite archive choice)
  unit_test(wrap_${suite} mkramdisk_wrap)
endforeach()

# wrap_script(NAME): tests/wrap/NAME.sh becomes the CTest wrap.NAME; exit 77 skips.
function(wrap_script name)
  add_test(NAME wrap.${name} COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/wrap/${name}.sh)
  set_tests_properties(wrap.${name} PROPERTIES LABELS mkramdisk TIMEOUT 600 SKIP_RETURN_CODE 77
    ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;SOURCE_DIR=${PROJECT_SOURCE_DIR}")
endfunction()

foreach(script archives flash_disk_lilo floppies inspect inspect_trees lilo_conf migrating modules refusals uimage)
  wrap_script(${script})
endforeach()
