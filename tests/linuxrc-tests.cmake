# The proof of linuxrc: boots against a fake kernel, faults, namespaces, the tiny build, fuzzing.

add_library(linuxrc_fake STATIC
  linuxrc/coroutine.cpp linuxrc/errnos.cpp linuxrc/fake_kernel.cpp linuxrc/fake_sys.cpp
  linuxrc/fake_sys_devices.cpp linuxrc/fake_sys_files.cpp linuxrc/fake_tree.cpp linuxrc/invariants.cpp linuxrc/world.cpp)
target_link_libraries(linuxrc_fake PUBLIC linuxrc_core)

unit_test(linuxrc_execute linuxrc_fake)
unit_test(linuxrc_execute_child linuxrc_fake)
unit_test(linuxrc_faults linuxrc_fake)
# All pairs take hours: an interrupted run goes on where it was.
set_tests_properties(unit.linuxrc_faults PROPERTIES TIMEOUT 36000)
