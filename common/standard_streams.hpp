// Standard input, output and error of a program that may have been started without them.
#pragma once

namespace common {

// Opens /dev/null for each of descriptors 0, 1 and 2 that is closed. Otherwise a file that is
// opened later would get its number, and what is meant for the terminal would be written into an
// image. To read standard input and to write to the others still fails with EBADF. To be called
// first. Where /dev/null cannot be opened things stay as they are.
void occupy_standard_streams();

}  // namespace common
