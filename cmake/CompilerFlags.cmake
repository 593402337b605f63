add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
                    -Wnon-virtual-dtor -Woverloaded-virtual -Wformat=2)
if(WARNINGS_AS_ERRORS)
  add_compile_options(-Werror)
endif()

# Code that may run inside linuxrc: no exceptions, no RTTI, one section a function so that the
# linker can leave out what is not called.
function(freestanding_style target)
  target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti -fno-threadsafe-statics
                                           -ffunction-sections
                                           -fdata-sections)
endfunction()
