# The proof of linuxrc: boots against a fake kernel, faults, namespaces, the tiny build, fuzzing.

include(linuxrc-fake.cmake)
unit_test(linuxrc_faults linuxrc_fake)
# All pairs take hours: an interrupted run goes on where it was.
set_tests_properties(unit.linuxrc_faults PROPERTIES TIMEOUT 36000)

add_test(NAME fuzz.linuxrc COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/fuzz)
set_tests_properties(fuzz.linuxrc PROPERTIES LABELS fuzz SKIP_RETURN_CODE 77 TIMEOUT 1200)

foreach(case initrd no-initrd busy busy-initrd move stay file overlay over-root mount-root carry-root image)
  add_test(NAME namespace.linuxrc.${case}
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/namespace ${case})
  set_tests_properties(namespace.linuxrc.${case} PROPERTIES LABELS namespace SKIP_RETURN_CODE 77
    TIMEOUT 120 RESOURCE_LOCK kernel_log ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin")
endforeach()

if(TARGET load_image)
  add_test(NAME linuxrc.decoders COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/decoders $<TARGET_FILE:load_image>)
  set_tests_properties(linuxrc.decoders PROPERTIES LABELS unit SKIP_RETURN_CODE 77 TIMEOUT 120)
endif()

if(TARGET unpack_archive)
  foreach(case kept hostile damaged)
    add_test(NAME linuxrc.unpack.${case}
             COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/unpack-${case} $<TARGET_FILE:unpack_archive>)
    set_tests_properties(linuxrc.unpack.${case} PROPERTIES LABELS namespace SKIP_RETURN_CODE 77 TIMEOUT 120)
  endforeach()
endif()

add_executable(print_errnos linuxrc/print_errnos.cpp)
target_link_libraries(print_errnos PRIVATE linuxrc_fake)
set_target_properties(print_errnos PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
add_test(NAME namespace.linuxrc.inject COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/inject)
set_tests_properties(namespace.linuxrc.inject PROPERTIES LABELS namespace SKIP_RETURN_CODE 77
  TIMEOUT 14400 RESOURCE_LOCK kernel_log
  ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;ERRNOS=$<TARGET_FILE:print_errnos>")

# At most 1.5 x klibc's run-init. Its clock counts instructions, so it can be judged on any machine.
add_test(NAME bench.linuxrc-switch COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/bench/linuxrc-switch)
set_tests_properties(bench.linuxrc-switch PROPERTIES LABELS vm SKIP_RETURN_CODE 77 TIMEOUT 1200
  ENVIRONMENT "BIN=${CMAKE_BINARY_DIR}/bin;REPETITIONS=20")

# linuxrc elsewhere. Each of these is a whole build.
foreach(architecture amd64 i386 armhf arm64 mips)
  add_test(NAME cross.${architecture} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/linuxrc/cross ${architecture})
  set_tests_properties(cross.${architecture} PROPERTIES LABELS cross SKIP_RETURN_CODE 77 TIMEOUT 1800)
endforeach()

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
