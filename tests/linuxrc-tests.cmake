# The proof of linuxrc: boots against a fake kernel, faults, namespaces, the tiny build, fuzzing.

add_library(linuxrc_fake STATIC
  linuxrc/coroutine.cpp linuxrc/errnos.cpp linuxrc/fake_kernel.cpp linuxrc/fake_overlay.cpp linuxrc/fake_sys.cpp
  linuxrc/fake_sys_devices.cpp linuxrc/fake_sys_events.cpp linuxrc/fake_sys_files.cpp linuxrc/fake_sys_rename.cpp linuxrc/fake_tree.cpp linuxrc/invariants.cpp linuxrc/world.cpp linuxrc/world_overlay.cpp
  linuxrc/world_chain.cpp)
target_link_libraries(linuxrc_fake PUBLIC linuxrc_core)

unit_test(linuxrc_execute linuxrc_fake)
unit_test(linuxrc_image linuxrc_fake)
unit_test(linuxrc_module_parameters linuxrc_fake)
unit_test(linuxrc_execute_child linuxrc_fake)
unit_test(linuxrc_stop linuxrc_fake)
unit_test(linuxrc_undo linuxrc_fake)
unit_test(linuxrc_chain linuxrc_fake)
unit_test(linuxrc_report linuxrc_fake)
unit_test(linuxrc_overlay linuxrc_fake)
unit_test(linuxrc_extroot linuxrc_fake)
unit_test(linuxrc_faults linuxrc_fake)
# All pairs take hours: an interrupted run goes on where it was.
set_tests_properties(unit.linuxrc_faults PROPERTIES TIMEOUT 36000)

add_test(NAME fuzz.linuxrc COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/fuzz)
set_tests_properties(fuzz.linuxrc PROPERTIES LABELS fuzz SKIP_RETURN_CODE 77 TIMEOUT 1200)

foreach(case initrd no-initrd busy busy-initrd move)
  add_test(NAME namespace.linuxrc.${case}
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/namespace ${case})
  set_tests_properties(namespace.linuxrc.${case} PROPERTIES LABELS namespace SKIP_RETURN_CODE 77
    TIMEOUT 120 RESOURCE_LOCK kernel_log ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin")
endforeach()

if(TARGET load_image)
  add_test(NAME linuxrc.decoders COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/decoders $<TARGET_FILE:load_image>)
  set_tests_properties(linuxrc.decoders PROPERTIES LABELS unit SKIP_RETURN_CODE 77 TIMEOUT 120)
endif()

add_test(NAME namespace.linuxrc.inject COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/inject)
set_tests_properties(namespace.linuxrc.inject PROPERTIES LABELS namespace SKIP_RETURN_CODE 77
  TIMEOUT 3600 RESOURCE_LOCK kernel_log ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin")

# At most 1.5 x klibc's run-init. Its clock counts instructions, so it can be judged on any machine.
add_test(NAME bench.linuxrc-switch COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/bench/linuxrc-switch)
set_tests_properties(bench.linuxrc-switch PROPERTIES LABELS vm SKIP_RETURN_CODE 77 TIMEOUT 1200
  ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;REPETITIONS=20")

# The small build, which Linux 2.4 has to run. tests/linuxrc/tiny builds it.
add_executable(only_calls linuxrc/only_calls.cpp)
set_target_properties(only_calls PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
if(STATIC_LINUXRC)
  target_link_options(only_calls PRIVATE -static -s)  # it runs in images, too
endif()
foreach(check size calls initrd no-initrd busy busy-initrd move initrd-insmod)
  add_test(NAME tiny.linuxrc.${check} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/tiny ${check})
  set_tests_properties(tiny.linuxrc.${check} PROPERTIES LABELS namespace SKIP_RETURN_CODE 77
    TIMEOUT 600 RESOURCE_LOCK kernel_log
    ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;ONLY_CALLS=$<TARGET_FILE:only_calls>")
endforeach()
