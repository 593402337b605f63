#include "mkramdisk/wrap/contents.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include "common/io.hpp"
#include "mkramdisk/wrap/file_tree.hpp"
#include "rdload/decoded_stream.hpp"
#include "rdload/decoders/all.hpp"
#include "rdload/opening.hpp"

namespace mkramdisk::wrap {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;
using common::UniqueFd;

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

Program look_at_program(FileTree& fs, const std::string& path) {
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
  const std::uint64_t before = image.place.start_kib * 1024;
  auto file = packed ? unpack(image) : common::open_file(image.place.path.c_str(), O_RDONLY);
  if (!file) return file.error();
  const off_t unpacked = packed ? ::lseek(file->get(), 0, SEEK_END) : 0;
  ImageBytes bytes{file->get(), image.begin + before, image.bytes - before};
  if (packed) bytes = {file->get(), 0, static_cast<std::uint64_t>(std::max<off_t>(unpacked, 0))};
  auto tree = open_tree(system.format, bytes, image.place.path);
  if (!tree) return tree.error();
  if (*tree == nullptr) {
    contents.unseen = std::string("not looked into: ") + rdload::format_name(system.format) +
                      " can only be mounted";
    return contents;
  }
  FileTree& fs = **tree;
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
