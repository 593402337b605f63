// What is known of a kernel that an initrd is to boot on.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/error.hpp"

namespace mkramdisk::wrap {

enum class Set { no, module, yes, unknown };

class Kernel {
 public:
  // `what` is a configuration (a file such as /boot/config-6.1 or config.gz), a folder or version
  // as
  // --modules takes it, or a line of versions: 2.4, 2.6, 6.x, 7.x. Errors: not_usable, system.
  static common::Result<Kernel> read(const std::string& what);
  // A configuration's text, for the tests.
  static common::Result<Kernel> from_configuration(const std::string& name,
                                                   const std::string& text);

  std::string name;  // "7.2.13 (/boot/config-7.2.13)"
  unsigned major = 0;
  unsigned minor = 0;
  std::string architecture;  // as the configuration says it: "x86"; or empty

  // How CONFIG_`option` is set.
  [[nodiscard]] Set option(const std::string& option) const;
  // CONFIG_`option`'s number.
  [[nodiscard]] std::optional<std::uint64_t> number(const std::string& option) const;
  [[nodiscard]] bool before(unsigned other_major, unsigned other_minor) const {
    return major != other_major ? major < other_major : minor < other_minor;
  }

 private:
  void read_version(const std::string& text);
  common::Status read_modules(const std::string& where);
  void add_configuration(const std::string& text);

  std::map<std::string, std::string> options_;
  bool complete_ = false;  // what is not named is off
};

}  // namespace mkramdisk::wrap
