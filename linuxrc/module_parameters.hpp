// What a kernel module is given when it is loaded. Pure.
#pragma once

#include <string_view>

#include "common/cmdline.hpp"
#include "common/text.hpp"

namespace linuxrc {

using ModuleParameters = common::Text<1024>;  // separated by blanks, as init_module(2) takes them

// Appends those words of the command line that are meant for the module in the file `file`, such as
// "ubi.mtd=rootfs" for ubi.ko: the kernel reads them for what is built in, modprobe(8) hands them
// to modules. They come after what `parameters` holds, so they win.
void append_given_parameters(const common::CommandLine& command_line, std::string_view file,
                             ModuleParameters& parameters);

}  // namespace linuxrc
