// The lists of files that OpenWrt's sysupgrade keeps. Pure.
#pragma once

#include <string_view>

namespace linuxrc {

// The path of a line of such a list, without its first and last slash: "etc/config". Empty where
// the line is a comment or blank, names nothing below /, or goes up by "..".
std::string_view kept_path(std::string_view line);

// As the shell matches a name: * is any text, ? any character; neither a dot that is the first.
bool matches(std::string_view pattern, std::string_view name);

}  // namespace linuxrc
