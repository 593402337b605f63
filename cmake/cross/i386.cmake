# The machine's own compiler, by the libraries of g++-12-multilib: gcc-multilib conflicts with the
# cross compilers.
set(CMAKE_SYSTEM_PROCESSOR i386)
set(CMAKE_C_COMPILER gcc-12)
set(CMAKE_CXX_COMPILER g++-12)
# The kernel's asm/ comes from the machine's own headers, after those for 32 bits.
set(CMAKE_C_FLAGS_INIT "-m32 -idirafter /usr/include/x86_64-linux-gnu")
set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS_INIT}")
set(CMAKE_EXE_LINKER_FLAGS_INIT -m32)
set(emulator qemu-i386-static)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
