#include "mkramdisk/wrap/linuxrc_program.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "common/io.hpp"
#include "mkramdisk/wrap/elf.hpp"

namespace mkramdisk::wrap {
namespace {

using common::Error;
using common::Failure;
using common::Result;

std::string folder_of_this_program() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  const std::string whole(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  return whole.substr(0, whole.rfind('/') == std::string::npos ? 0 : whole.rfind('/'));
}

// The linuxrc of this package that loads gzip alone, and the one with every decoder.
constexpr std::array<const char*, 2> names = {"linuxrc", "linuxrc-all"};

Result<std::string> find(const char* name) {
  const std::string here = folder_of_this_program();
  const std::array<std::string, 2> places = {here + "/" + name,
                                             here + "/../libexec/image-initrd/" + name};
  for (const std::string& place : places)
    if (::access(place.c_str(), R_OK) == 0) return place;
  return Error::of(Failure::system, "there is neither %s nor %s: name it by --linuxrc",
                   places[0].c_str(), places[1].c_str());
}

Result<std::vector<std::byte>> read_program(const std::string& name) {
  const auto fd = common::open_file(name.c_str(), O_RDONLY);
  if (!fd) return fd.error();
  struct stat facts {};
  if (::fstat(fd->get(), &facts) != 0) return Error::system(errno, "stat %s", name.c_str());
  std::vector<std::byte> program(static_cast<std::size_t>(facts.st_size));
  const auto got = common::read_full(fd->get(), program, name.c_str());
  if (!got) return got.error();
  program.resize(*got);
  const auto elf = read_elf(program);
  if (!elf || !elf->executable)
    return Error::of(Failure::not_usable, "%s: not an ELF program", name.c_str());
  if (elf->dynamic)
    return Error::of(Failure::not_usable,
                     "%s: not linked statically: an initramfs has no shared libraries for it",
                     name.c_str());
  return program;
}

}  // namespace

Result<std::vector<std::byte>> read_linuxrc(const std::string& path, rdload::Format format) {
  if (!path.empty()) return read_program(path);
  Result<std::vector<std::byte>> program = std::vector<std::byte>();
  for (const char* name : names) {
    const auto found = find(name);
    if (!found) return found.error();
    program = read_program(*found);
    if (!program || can_load(*program, format)) break;
  }
  return program;
}

bool can_load(std::span<const std::byte> linuxrc, rdload::Format format) {
  using rdload::Format;
  struct Library {
    Format format;
    std::string_view name;
  };
  static constexpr Library libraries[] = {{Format::gzip, "zlib"},    {Format::bzip2, "libbz2"},
                                          {Format::lzma, "liblzma"}, {Format::xz, "liblzma"},
                                          {Format::lzo, "liblzo2"},  {Format::lz4, "liblz4"},
                                          {Format::zstd, "libzstd"}, {Format::lz4_frame, "liblz4"}};
  for (const Library& library : libraries) {
    if (library.format != format) continue;
    const auto name = std::as_bytes(std::span(library.name));
    return std::search(linuxrc.begin(), linuxrc.end(), name.begin(), name.end()) != linuxrc.end();
  }
  return true;
}

}  // namespace mkramdisk::wrap
