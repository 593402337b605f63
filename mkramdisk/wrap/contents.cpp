#include "mkramdisk/wrap/contents.hpp"

#include <ext2fs/ext2fs.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "common/io.hpp"
#include "rdload/decoded_stream.hpp"
#include "rdload/decoders/all.hpp"
#include "rdload/opening.hpp"
extern "C" {
#include <et/com_err.h>  // without a guard for C++ of its own
}

namespace mkramdisk::wrap {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;
using common::UniqueFd;

constexpr std::size_t head_bytes = 4096;  // of a program: its headers, or the line of a script

class Ext2 {
 public:
  explicit Ext2(std::string name) : name_(std::move(name)) {}
  Ext2(const Ext2&) = delete;
  Ext2& operator=(const Ext2&) = delete;
  ~Ext2() {
    if (fs_ != nullptr) ext2fs_free(fs_);
  }

  Status open(const std::string& path, std::uint64_t offset) {
    initialize_ext2_error_table();
    const std::string options = "offset=" + std::to_string(offset);
    const errcode_t failed =
        ext2fs_open2(path.c_str(), options.c_str(), EXT2_FLAG_64BITS, 0, 0, unix_io_manager, &fs_);
    if (failed == 0) return Done{};
    fs_ = nullptr;
    return Error::of(Failure::corrupt, "%s: %s", name_.c_str(), error_message(failed));
  }

  // The inode's mode, or 0 when the path leads to nothing.
  unsigned mode(const std::string& path) {
    ext2_ino_t number = 0;
    ext2_inode inode{};
    if (ext2fs_namei_follow(fs_, EXT2_ROOT_INO, EXT2_ROOT_INO, path.c_str(), &number) != 0 ||
        ext2fs_read_inode(fs_, number, &inode) != 0)
      return 0;
    return inode.i_mode;
  }

  // The first bytes of a file; fewer where it is shorter or cannot be read.
  std::vector<std::byte> head(const std::string& path) {
    std::vector<std::byte> bytes(head_bytes);
    ext2_ino_t number = 0;
    ext2_file_t file = nullptr;
    unsigned got = 0;
    if (ext2fs_namei_follow(fs_, EXT2_ROOT_INO, EXT2_ROOT_INO, path.c_str(), &number) != 0 ||
        ext2fs_file_open(fs_, number, 0, &file) != 0)
      return {};
    if (ext2fs_file_read(file, bytes.data(), head_bytes, &got) != 0) got = 0;
    ext2fs_file_close(file);
    bytes.resize(got);
    return bytes;
  }

 private:
  std::string name_;
  ext2_filsys fs_ = nullptr;
};

// "#!/bin/sh -e" is "/bin/sh".
std::string interpreter_of(const std::vector<std::byte>& head) {
  std::string line;
  for (std::size_t i = 2; i < head.size() && head[i] != std::byte{'\n'}; ++i)
    line += static_cast<char>(head[i]);
  const auto begin = line.find_first_not_of(" \t");
  if (begin == std::string::npos) return "";
  const auto end = line.find_first_of(" \t", begin);
  return line.substr(begin, end == std::string::npos ? end : end - begin);
}

Program look_at_program(Ext2& fs, const std::string& path) {
  Program program;
  program.path = path;
  const unsigned mode = fs.mode(path);
  if (!S_ISREG(mode)) return program;
  if ((mode & 0111) == 0) {
    program.kind = Program::Kind::not_executable;
    return program;
  }
  const auto head = fs.head(path);
  program.kind = Program::Kind::other;
  if (head.size() > 2 && head[0] == std::byte{'#'} && head[1] == std::byte{'!'}) {
    program.kind = Program::Kind::script;
    program.interpreter = interpreter_of(head);
    program.elf = read_elf(fs.head(program.interpreter));
    program.interpreter_there = program.elf.has_value();
  } else if ((program.elf = read_elf(head))) {
    program.kind = Program::Kind::elf;
    program.interpreter = program.elf->interpreter;
  }
  if (program.elf && !program.elf->interpreter.empty())
    program.interpreter_there = S_ISREG(fs.mode(program.elf->interpreter));
  return program;
}

Result<UniqueFd> temporary_file() {
  const char* const wanted = std::getenv("TMPDIR");
  const std::string folder = wanted != nullptr && *wanted != '\0' ? wanted : "/var/tmp";
  UniqueFd fd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!fd.valid()) return Error::system(errno, "create a temporary file in %s", folder.c_str());
  return fd;
}

Result<UniqueFd> unpack(const LegacyImage& image) {
  auto file = temporary_file();
  if (!file) return file.error();
  rdload::SourceOptions options;
  options.start = image.begin + image.place.start_kib * 1024;
  options.length = image.bytes - image.place.start_kib * 1024;
  auto source = rdload::Source::open(image.place.path.c_str(), options);
  if (!source) return source.error();
  const auto opened = rdload::open_image(*source, rdload::Rows::all);
  if (!opened) return opened.error();
  auto stream =
      rdload::DecodedStream::open(*source, opened->image.format, rdload::all_decoders(), {});
  if (!stream) return stream.error();
  std::vector<std::byte> piece(1 << 20);
  while (!stream->finished()) {
    const auto got = stream->read(piece);
    if (!got) return got.error();
    const auto data = std::span(piece).first(*got);
    if (auto status = common::write_full(file->get(), data, "temporary file"); !status)
      return status.error();
  }
  return file;
}

}  // namespace

Result<Contents> look_into(const LegacyImage& image) {
  Contents contents;
  const rdload::ImageFacts& facts = image.facts;
  const bool packed = facts.image.is(rdload::Kind::compressed);
  const rdload::Image& system = packed ? facts.inner : facts.image;
  if (system.format != rdload::Format::ext2) {
    contents.unseen =
        std::string("only ext2 is looked into, not ") + rdload::format_name(system.format);
    return contents;
  }
  Ext2 fs(image.place.path);
  UniqueFd file;
  if (packed) {
    auto made = unpack(image);
    if (!made) return made.error();
    file = std::move(*made);
    if (auto status = fs.open("/proc/self/fd/" + std::to_string(file.get()), 0); !status)
      return status.error();
  } else if (auto status = fs.open(image.place.path, image.begin + image.place.start_kib * 1024);
             !status) {
    return status.error();
  }
  contents.seen = true;
  contents.linuxrc = look_at_program(fs, "/linuxrc");
  for (const char* path : {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"})
    if (!contents.init.runs()) {
      Program program = look_at_program(fs, path);
      if (program.kind != Program::Kind::absent || contents.init.path.empty())
        contents.init = std::move(program);
    }
  contents.initrd = S_ISDIR(fs.mode("/initrd"));
  contents.console = S_ISCHR(fs.mode("/dev/console"));
  return contents;
}

std::string describe(const Program& program) {
  const std::string elf = program.elf ? describe(*program.elf) : "";
  std::string text;
  switch (program.kind) {
    case Program::Kind::absent:
      return "not there";
    case Program::Kind::not_executable:
      return "not executable";
    case Program::Kind::other:
      return "neither an ELF program nor a script";
    case Program::Kind::elf:
      text = elf + " program";
      if (!program.interpreter.empty()) text += ", loaded by " + program.interpreter;
      break;
    case Program::Kind::script:
      text = "script of " + program.interpreter;
      if (program.elf) text += ", a " + elf + " program";
      break;
  }
  if (!program.interpreter_there) text += ", WHICH IS NOT THERE";
  return text;
}

}  // namespace mkramdisk::wrap
