// What an initramfs is made of: archive members, U-Boot's header, ELF headers.
#include <elf.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "mkramdisk/wrap/elf.hpp"
#include "mkramdisk/wrap/newc.hpp"
#include "mkramdisk/wrap/uimage.hpp"
#include "rdload/bytes.hpp"
#include "rdload/crc32.hpp"

using namespace mkramdisk::wrap;

namespace {

std::string text_of(const std::vector<std::byte>& bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += static_cast<char>(byte);
  return text;
}

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

template <class Header, class Segment>
std::vector<std::byte> program(unsigned char bits, std::uint16_t machine, const char* interpreter) {
  Header header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = bits;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_EXEC;
  header.e_machine = machine;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Segment);
  header.e_phnum = 2;
  Segment segments[2]{};
  segments[0].p_type = PT_LOAD;
  segments[1].p_type = interpreter == nullptr ? PT_NOTE : PT_INTERP;
  segments[1].p_offset = sizeof header + sizeof segments;
  segments[1].p_filesz = static_cast<decltype(segments[1].p_filesz)>(
      interpreter == nullptr ? 0 : std::strlen(interpreter) + 1);
  std::vector<std::byte> bytes(sizeof header + sizeof segments + 64);
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, segments, sizeof segments);
  if (interpreter != nullptr)
    std::memcpy(bytes.data() + sizeof header + sizeof segments, interpreter,
                std::strlen(interpreter) + 1);
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(members_are_aligned_and_counted) {
  std::vector<std::byte> bytes;
  Newc archive(bytes);
  archive.folder("lib");
  BOOST_TEST(bytes.size() == 116U);  // 110 + "lib" and NUL, up to a multiple of four
  archive.file("f", 0755, bytes_of("hello"));
  BOOST_TEST(bytes.size() == 116U + 112U + 8U);
  const std::string text = text_of(bytes);
  //                        inode   mode    uid     gid     links   time    size
  BOOST_TEST(text.substr(0, 62) ==
             "07070100000001000041ed0000000000000000000000020000000000000000");
  BOOST_TEST(text.substr(116, 62) ==
             "07070100000002000081ed0000000000000000000000010000000000000005");
  BOOST_TEST(text.substr(116 + 112, 5) == "hello");
}

BOOST_AUTO_TEST_CASE(a_trailer_ends_the_archive) {
  std::vector<std::byte> bytes;
  Newc archive(bytes);
  archive.end();
  BOOST_TEST(bytes.size() == 124U);
  BOOST_TEST(text_of(bytes).substr(6, 8) == "00000000");
  BOOST_TEST(text_of(bytes).substr(110, 10) == "TRAILER!!!");
}

BOOST_AUTO_TEST_CASE(a_header_keeps_what_it_said_of_the_machine) {
  UImageHeader old{};
  for (std::size_t i = 0; i < old.size(); ++i) old[i] = static_cast<std::byte>(i);
  const UImageHeader made = header_for(old, 0x01020304, 0xcafebabe);
  BOOST_TEST(rdload::be32(made, 12) == 0x01020304U);
  BOOST_TEST(stated_crc(made) == 0xcafebabeU);
  BOOST_TEST(std::to_integer<int>(made[31]) == 0);
  for (const std::size_t kept : {0U, 8U, 16U, 20U, 28U, 29U, 30U, 32U, 63U})
    BOOST_TEST(std::to_integer<int>(made[kept]) == std::to_integer<int>(old[kept]));
  UImageHeader copy = made;
  std::memset(copy.data() + 4, 0, 4);
  BOOST_TEST(rdload::be32(made, 4) == rdload::crc32_of(copy));
}

BOOST_AUTO_TEST_CASE(an_elf_header_tells_the_machine) {
  const auto wide = read_elf(
      program<Elf64_Ehdr, Elf64_Phdr>(ELFCLASS64, EM_X86_64, "/lib64/ld-linux-x86-64.so.2"));
  BOOST_REQUIRE(wide.has_value());
  BOOST_TEST(describe(*wide) == "64-bit x86-64");
  BOOST_TEST(wide->dynamic);
  BOOST_TEST(wide->interpreter == "/lib64/ld-linux-x86-64.so.2");
  const auto narrow = read_elf(program<Elf32_Ehdr, Elf32_Phdr>(ELFCLASS32, EM_386, nullptr));
  BOOST_REQUIRE(narrow.has_value());
  BOOST_TEST(describe(*narrow) == "32-bit x86");
  BOOST_TEST(!narrow->dynamic);
  BOOST_TEST(narrow->executable);
}

BOOST_AUTO_TEST_CASE(no_header_is_trusted) {
  auto bytes = program<Elf64_Ehdr, Elf64_Phdr>(ELFCLASS64, EM_X86_64, "/lib/ld.so");
  for (std::size_t length = 0; length < bytes.size(); ++length)
    static_cast<void>(read_elf(std::span(bytes).first(length)));
  for (std::size_t at = 4; at < 64; ++at) {
    auto broken = bytes;
    for (std::size_t i = at; i < at + 8 && i < broken.size(); ++i) broken[i] = std::byte{0xff};
    static_cast<void>(read_elf(broken));
  }
  BOOST_TEST(!read_elf(bytes_of("#!/bin/sh\nexit 0 and so on")).has_value());
  BOOST_TEST(!read_elf({}).has_value());
}
