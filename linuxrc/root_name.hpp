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
  };
  Form form = Form::unknown;
  std::string_view text;
  dev_t number = 0;
  int offset = 0;  // partitions further on
};

RootName parse_root_name(std::string_view text);

}  // namespace linuxrc
