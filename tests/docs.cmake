# What is promised in writing.
add_test(NAME docs.paths COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/docs/paths)
add_test(NAME docs.statements COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/docs/statements)
add_test(NAME docs.format COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/docs/format)
set_tests_properties(docs.format PROPERTIES SKIP_RETURN_CODE 77)
if(STATIC_LINUXRC)
  # With the raw and the gzip loader.
  add_test(NAME docs.linuxrc-size
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/docs/size $<TARGET_FILE:linuxrc> 900000)
  # With every decoder.
  add_test(NAME docs.linuxrc-all-size
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/docs/size $<TARGET_FILE:linuxrc-all> 1300000)
  add_test(NAME linuxrc.libc-unused
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/libc-unused $<TARGET_OBJECTS:linuxrc>
                   $<TARGET_FILE:linuxrc_core> $<TARGET_FILE:rdload_core> $<TARGET_FILE:common>
           COMMAND_EXPAND_LISTS)
  set_tests_properties(linuxrc.libc-unused docs.linuxrc-size docs.linuxrc-all-size PROPERTIES LABELS unit)
endif()
