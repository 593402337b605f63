#include "tests/linuxrc/fake_archive.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdio>
#include <map>

#include "linuxrc/sys_io.hpp"

namespace linuxrc::fake {
namespace {

constexpr long when = 1'000'000'000;

void fill(std::string& bytes, std::size_t unit) {
  bytes.resize((bytes.size() + unit - 1) / unit * unit, '\0');
}

void put(std::string& block, std::size_t at, std::string_view text) {
  block.replace(at, text.size(), text);
}

std::string octal(unsigned long number, int digits) {
  char text[24];
  (void)std::snprintf(text, sizeof text, "%0*lo", digits, number);
  return text;
}

std::string tar_header(const std::string& path, char type, const Packed& file,
                       std::string_view link, std::size_t size) {
  std::string block(512, '\0');
  put(block, 0, path);
  put(block, 100, octal(file.mode & 07777, 7));
  put(block, 108, octal(file.owner, 7));
  put(block, 116, octal(file.owner, 7));
  put(block, 124, octal(size, 11));
  put(block, 136, octal(when, 11));
  put(block, 148, "        ");
  block[156] = type;
  put(block, 157, link);
  put(block, 257, {"ustar\00000", 8});
  put(block, 329, octal(major(file.device), 7));
  put(block, 337, octal(minor(file.device), 7));
  unsigned long sum = 0;
  for (const char byte : block) sum += static_cast<unsigned char>(byte);
  put(block, 148, octal(sum, 6) + '\0');
  return block;
}

char type_of(mode_t mode) {
  if (S_ISDIR(mode)) return '5';
  if (S_ISLNK(mode)) return '2';
  if (S_ISCHR(mode)) return '3';
  return S_ISREG(mode) ? '0' : '6';
}

class OpenBytes final : public ByteSource {
 public:
  OpenBytes(FakeSys& sys, int fd, const char* path) : sys_(sys), fd_(fd), path_(path) {}
  common::Result<std::size_t> read(std::span<char> room) override {
    const ssize_t got = read_full(sys_, fd_, room);
    if (got < 0) return common::Error::system(static_cast<int>(-got), "read %s", path_);
    return static_cast<std::size_t>(got);
  }

 private:
  FakeSys& sys_;
  int fd_;
  const char* path_;
};

}  // namespace

std::vector<Packed> packed_root(const char* init) {
  const std::string program = Kernel::elf_program("");
  return {{".", S_IFDIR | 0711},
          {"dev", S_IFDIR | 0755},
          {"dev/console", S_IFCHR | 0600, "", makedev(5, 1)},
          {"run", S_IFDIR | 0755},
          {"mnt", S_IFDIR | 0700},
          {init + 1, S_IFREG | 04755, program, 0, 7, 12},  // its folder is not there
          {"bin/again", S_IFREG | 04755, program, 0, 7, 12},
          {"bin/link", S_IFLNK | 0777, "../sbin/init"},
          {"etc/empty", S_IFREG | 0640},
          {"etc/zeros", S_IFREG | 0640, std::string(5000, '\0') + "end"}};
}

std::string tar_of(const std::vector<Packed>& files) {
  const std::string record = "30 SCHILY.xattr.user.a=value\n\n";
  std::string bytes;
  std::map<unsigned, std::string> names;
  for (const Packed& file : files) {
    const auto first = file.inode != 0 ? names.find(file.inode) : names.end();
    if (first != names.end()) {
      bytes += tar_header(file.path, '1', file, first->second, 0);
      continue;
    }
    if (file.inode != 0) {
      names[file.inode] = file.path;
      bytes += tar_header("pax", 'x', file, "", record.size()) + record;
      fill(bytes, 512);
    }
    const bool link = S_ISLNK(file.mode);
    bytes += tar_header(file.path, type_of(file.mode), file, link ? file.text : "",
                        link ? 0 : file.text.size());
    if (!link) bytes += file.text;
    fill(bytes, 512);
  }
  return bytes + std::string(1024, '\0');
}

std::string cpio_of(const std::vector<Packed>& files) {
  std::string bytes;
  std::vector<Packed> all = files;
  all.push_back({"TRAILER!!!", 0});
  for (const Packed& file : all) {
    const unsigned long numbers[] = {file.inode,
                                     file.mode,
                                     file.owner,
                                     file.owner,
                                     file.inode != 0 ? 2U : 1U,
                                     when,
                                     file.text.size(),
                                     0,
                                     0,
                                     major(file.device),
                                     minor(file.device),
                                     file.path.size() + 1,
                                     0};
    bytes += "070701";
    for (const unsigned long number : numbers) {
      char text[20];
      (void)std::snprintf(text, sizeof text, "%08lx", number);
      bytes += text;
    }
    bytes += file.path + '\0';
    fill(bytes, 4);
    bytes += file.text;
    fill(bytes, 4);
  }
  return bytes;
}

common::Status FakeFiles::read(const char* path, BytesUser& user) {
  const int fd = sys_.open(path, O_RDONLY, 0);
  if (fd < 0) return common::Error::system(-fd, "open %s", path);
  OpenBytes bytes(sys_, fd, path);
  const common::Status used = user.use(bytes);
  (void)sys_.close(fd);  // read only
  return used;
}

}  // namespace linuxrc::fake
