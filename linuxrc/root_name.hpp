// The forms of root=.
#pragma once

#include <sys/types.h>

#include <string_view>

namespace linuxrc {

struct RootName {
  enum class Form {
    unknown,
    ram_disk,         // /dev/ram, /dev/ramN: `number`
    path,             // /dev/NAME: `text` is NAME
    number,           // 8:1, 0801: `number`
    uuid,             // UUID= of a file system
    label,            // LABEL= of a file system
    partition_uuid,   // PARTUUID=, `offset` from /PARTNROFF=
    partition_label,  // PARTLABEL=
    flash,            // mtd0, mtd:NAME, ubi0_1, ubi0:NAME, ubi:NAME: jffs2 and ubifs know them
  };
  Form form = Form::unknown;
  std::string_view text;
  dev_t number = 0;
  int offset = 0;         // partitions further on
  std::string_view file;  // "/boot/root.img" of "/dev/sda1:/boot/root.img": the image is there
};

RootName parse_root_name(std::string_view text);
// The file system type of a flash root where rootfstype= names none.
const char* flash_type(std::string_view text);

}  // namespace linuxrc
