// What an errno means, in words.
#pragma once

namespace common {

// As strerror(3); nullptr for a number that this build has no text for.
const char* errno_text(int errno_value);

}  // namespace common
