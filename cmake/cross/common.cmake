# Included by the toolchain file of an architecture, which names its compiler and, in `emulator`, the
# program of qemu-user-static that runs what was built.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_CROSSCOMPILING TRUE)
# Else this machine's own libraries and headers are found.
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
find_program(found_emulator ${emulator})
if(found_emulator)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${found_emulator})
endif()
