# Toolchain of the preset `tiny`: the machine's g++ with -m32, against musl for i386 and the 32-bit
# headers of libstdc++, none of them installed (cmake/musl/fetch). No libstdc++ is linked.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR i386)
set(CMAKE_C_COMPILER gcc-12)
set(CMAKE_CXX_COMPILER g++-12)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/musl/fetch
                OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "the preset tiny has no musl to build with")
endif()
set(musl ${folder}/usr/lib/i386-linux-musl)

# The kernel's headers, without glibc's beside them.
set(kernel ${CMAKE_BINARY_DIR}/kernel-headers)
file(MAKE_DIRECTORY ${kernel})
foreach(header linux asm-generic x86_64-linux-gnu/asm)
  get_filename_component(name ${header} NAME)
  file(CREATE_LINK /usr/include/${header} ${kernel}/${name} SYMBOLIC)
endforeach()

set(includes "-nostdinc -isystem /usr/include/c++/12")
string(APPEND includes " -isystem ${folder}/usr/include/x86_64-linux-gnu/c++/12/32")
string(APPEND includes " -isystem ${folder}/usr/include/i386-linux-musl")
string(APPEND includes " -isystem /usr/lib/gcc/x86_64-linux-gnu/12/include")
string(APPEND includes " -idirafter ${kernel}")

# libstdc++'s configuration is glibc's: it asks which one, and names its locales.
set(size "-m32 -march=i486 -mpreferred-stack-boundary=2 -fno-pic -fno-pie -fno-stack-protector")
string(APPEND size " -fno-asynchronous-unwind-tables -fno-unwind-tables -fmerge-all-constants -fno-use-cxa-atexit")
string(APPEND size " -fno-ident -mregparm=3 -fno-inline-functions-called-once")
# Measured: each of these makes this program smaller, by 530 bytes together.
string(APPEND size " -fno-tree-ch -fno-tree-fre -fno-tree-sra -fno-partial-inlining")
string(APPEND size " -fno-tree-loop-im -frename-registers -fno-tree-tail-merge")
set(CMAKE_C_FLAGS_INIT "${size}")
set(CMAKE_CXX_FLAGS_INIT "${size} ${includes} '-D__GLIBC_PREREQ(a,b)=0' -D__locale_t=locale_t")
# No start files and no library: linuxrc/*_2_4.cpp has the little that is needed. musl's headers say
# what Linux's structures are.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-m32 -static -no-pie -nostdlib \
-flto-partition=none -Wl,--build-id=none,-z,norelro,-z,noseparate-code,-z,common-page-size=16,-O2")
set(CMAKE_CXX_STANDARD_LIBRARIES "")
