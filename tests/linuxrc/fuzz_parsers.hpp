// The parsers of fuzz_roots.cpp: of what names a root, and of what others wrote onto disks.
#pragma once

#include <string_view>

namespace linuxrc::fuzz {

void root_name(std::string_view text);
void nfs_root(std::string_view text);
void overlay_words(std::string_view text);
void upper(std::string_view text);
void volume(std::string_view text);
void network(std::string_view text);
void archive(std::string_view text);

}  // namespace linuxrc::fuzz
