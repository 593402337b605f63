unit_test(linuxrc_device linuxrc_core)
unit_test(linuxrc_options linuxrc_core)
unit_test(linuxrc_facts linuxrc_core)
unit_test(linuxrc_root_name linuxrc_core)
unit_test(linuxrc_nfs_root linuxrc_core)
unit_test(linuxrc_mtd linuxrc_core)
unit_test(linuxrc_volume linuxrc_core)
unit_test(linuxrc_sha256 linuxrc_core)
if(TARGET rdload_program)
  unit_test(linuxrc_sha256_peer linuxrc_core rdload_program)
endif()

# Each tests/plans/NAME.facts is planned by linuxrc itself and compared with NAME.plan.
# REGENERATE=1 in the environment writes the plans anew, to be read before they are committed.
file(GLOB plans CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/plans/*.facts)
foreach(facts ${plans})
  get_filename_component(name ${facts} NAME_WE)
  add_test(NAME plan.${name}
           COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/plans/compare $<TARGET_FILE:linuxrc> ${facts})
  set_tests_properties(plan.${name} PROPERTIES LABELS unit TIMEOUT 30
    ENVIRONMENT "EMULATOR=${CMAKE_CROSSCOMPILING_EMULATOR}")
endforeach()
