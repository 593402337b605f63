# linuxrc against a kernel of the tests' own.
add_library(linuxrc_fake STATIC
  linuxrc/coroutine.cpp linuxrc/end_state.cpp linuxrc/errnos.cpp linuxrc/fake_archive.cpp linuxrc/fake_kernel.cpp linuxrc/fake_overlay.cpp linuxrc/fake_sys.cpp
  linuxrc/fake_sys_copy.cpp linuxrc/fake_sys_devices.cpp linuxrc/fake_sys_events.cpp linuxrc/fake_sys_files.cpp
  linuxrc/fake_sys_open_files.cpp linuxrc/fake_sys_rename.cpp linuxrc/fake_tree.cpp linuxrc/golden.cpp
  linuxrc/invariants.cpp linuxrc/invariants_archive.cpp linuxrc/invariants_carry.cpp linuxrc/invariants_programs.cpp linuxrc/invariants_upper.cpp linuxrc/world.cpp linuxrc/world_carry.cpp
  linuxrc/world_chain.cpp linuxrc/world_network.cpp linuxrc/world_ramroot.cpp linuxrc/world_overlay.cpp)
target_link_libraries(linuxrc_fake PUBLIC linuxrc_core)
if(CMAKE_CROSSCOMPILING)
  target_compile_options(linuxrc_fake PRIVATE -O0)  # as the tests themselves, see UnitTest.cmake
endif()

unit_test(linuxrc_executable linuxrc_fake)
unit_test(linuxrc_execute linuxrc_fake)
unit_test(linuxrc_image linuxrc_fake)
unit_test(linuxrc_init linuxrc_fake)
unit_test(linuxrc_mount linuxrc_fake)
unit_test(linuxrc_module_parameters linuxrc_fake)
unit_test(linuxrc_execute_child linuxrc_fake)
unit_test(linuxrc_stop linuxrc_fake)
unit_test(linuxrc_undo linuxrc_fake)
unit_test(linuxrc_chain linuxrc_fake)
unit_test(linuxrc_report linuxrc_fake)
unit_test(linuxrc_report_roles linuxrc_fake)
unit_test(linuxrc_network linuxrc_fake)
unit_test(linuxrc_overlay linuxrc_fake)
unit_test(linuxrc_overlay_boots linuxrc_fake)
unit_test(linuxrc_extroot linuxrc_fake)
unit_test(linuxrc_carry linuxrc_fake)
unit_test(linuxrc_format linuxrc_fake)
unit_test(linuxrc_listed linuxrc_fake)
unit_test(linuxrc_flash linuxrc_fake)
unit_test(linuxrc_retry linuxrc_fake)
unit_test(linuxrc_save_faults linuxrc_fake)
