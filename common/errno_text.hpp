// What an errno means, in words.
#pragma once

#include <cstddef>

namespace common {

// As strerror(3); nullptr for a number that this build has no text for.
const char* errno_text(int errno_value);

// After so many bytes an Error's text is cut, so that such a text still fits behind. The small
// build meets no paths that are so long.
std::size_t most_before_reason();

}  // namespace common
