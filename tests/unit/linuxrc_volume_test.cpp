#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "linuxrc/volume.hpp"

using namespace linuxrc;

namespace {

// A file of zeros that a tool of the system has made something of, read back.
struct Disk {
  std::filesystem::path path;
  std::vector<std::byte> bytes = std::vector<std::byte>(volume_window);

  // `command` with the file's name after it; false when the tool is not installed or fails.
  Disk(std::uintmax_t size, const std::string& command, const std::string& input = "") {
    path = std::filesystem::temp_directory_path() / ("volume." + std::to_string(::getpid()));
    std::ofstream(path).close();
    std::filesystem::resize_file(path, size);
    std::ofstream(path.string() + ".in") << input;
    const std::string line = "PATH=$PATH:/usr/sbin:/sbin; " + command + " " + path.string() + " <" +
                             path.string() + ".in >/dev/null 2>&1";
    BOOST_TEST_REQUIRE(std::system(line.c_str()) == 0, line);
    std::ifstream file(path, std::ios::binary);
    file.read(static_cast<char*>(static_cast<void*>(bytes.data())),
              static_cast<std::streamsize>(bytes.size()));
  }
  ~Disk() {
    std::filesystem::remove(path);
    std::filesystem::remove(path.string() + ".in");
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(ext2_as_mke2fs_makes_it) {
  const Disk disk(4 << 20, "mke2fs -q -F -L 'my root' -U 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
  const auto volume = identify_volume(disk.bytes);
  BOOST_TEST_REQUIRE(volume.has_value());
  BOOST_TEST(volume->uuid.view() == "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
  BOOST_TEST(volume->label.view() == "my root");
}

BOOST_AUTO_TEST_CASE(ext4_as_mke2fs_makes_it) {
  const Disk disk(8 << 20, "mke2fs -q -F -t ext4 -L four -U 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
  const auto volume = identify_volume(disk.bytes);
  BOOST_TEST_REQUIRE(volume.has_value());
  BOOST_TEST(volume->uuid.view() == "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
  BOOST_TEST(volume->label.view() == "four");
}

// By the tables of their formats: their tools are large, and not on every machine.
BOOST_AUTO_TEST_CASE(xfs_and_btrfs_by_their_superblocks) {
  const char uuid[] = "\x0f\x1e\x2d\x3c\x4b\x5a\x69\x78\x87\x96\xa5\xb4\xc3\xd2\xe1\xf0";
  const auto put = [](std::vector<std::byte>& bytes, std::size_t at, std::string_view text) {
    std::memcpy(bytes.data() + at, text.data(), text.size());
  };
  std::vector<std::byte> xfs(volume_window);
  put(xfs, 0, "XFSB");
  put(xfs, 32, {uuid, 16});
  put(xfs, 108, "twelve chars");  // of 12, without an end
  auto volume = identify_volume(xfs);
  BOOST_TEST_REQUIRE(volume.has_value());
  BOOST_TEST(volume->uuid.view() == "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
  BOOST_TEST(volume->label.view() == "twelve chars");

  std::vector<std::byte> btrfs(volume_window);
  put(btrfs, 0x10020, {uuid, 16});
  put(btrfs, 0x10040, "_BHRfS_M");
  put(btrfs, 0x1012b, "the root");
  volume = identify_volume(btrfs);
  BOOST_TEST_REQUIRE(volume.has_value());
  BOOST_TEST(volume->uuid.view() == "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
  BOOST_TEST(volume->label.view() == "the root");
}

// It has neither UUID nor label, whatever its bytes say.
BOOST_AUTO_TEST_CASE(squashfs_has_no_name) {
  std::vector<std::byte> bytes(volume_window);
  std::memcpy(bytes.data(), "hsqs", 4);
  BOOST_TEST(!identify_volume(bytes).has_value());
}

// fatlabel changes the root directory; the first sector keeps what mkfs.fat wrote, or follows.
BOOST_AUTO_TEST_CASE(the_label_of_a_fat_is_in_its_root_directory) {
  struct Row {
    std::uintmax_t size;
    const char* type;
  };
  for (const Row& row : {Row{2 << 20, "-F 12"}, Row{16 << 20, "-F 16"}, Row{48 << 20, "-F 32"}}) {
    BOOST_TEST_CONTEXT(row.type) {
      Disk disk(row.size, std::string("mkfs.fat -n FIRST ") + row.type);
      const auto label_now = [&] {
        const FatDirectory directory = fat_root_directory(disk.bytes);
        BOOST_TEST_REQUIRE(directory.bytes >= 512U);
        std::vector<std::byte> entries(directory.bytes);
        std::ifstream file(disk.path, std::ios::binary);
        file.seekg(static_cast<std::streamoff>(directory.offset));
        file.read(static_cast<char*>(static_cast<void*>(entries.data())),
                  static_cast<std::streamsize>(entries.size()));
        return fat_label(entries);
      };
      BOOST_TEST_REQUIRE(label_now().has_value());
      BOOST_TEST(label_now()->view() == "FIRST");
      const std::string change = "PATH=$PATH:/usr/sbin:/sbin; fatlabel " + disk.path.string() +
                                 " 'MY DISK' >/dev/null 2>&1";
      BOOST_TEST_REQUIRE(std::system(change.c_str()) == 0);
      BOOST_TEST(label_now()->view() == "MY DISK");
    }
  }
}

BOOST_AUTO_TEST_CASE(entries_of_a_fat_that_are_no_label) {
  const auto entry = [](const char* name, unsigned char attributes) {
    std::string text(name);
    text.resize(32, '\0');
    text[11] = static_cast<char>(attributes);
    return text;
  };
  const auto label_of = [](const std::string& text) {
    const auto label = fat_label(std::as_bytes(std::span(text)));
    return label ? std::string(label->view()) : std::string("none");
  };
  BOOST_TEST(label_of("") == "none");
  BOOST_TEST(label_of(entry("FILE    TXT", 0x20) + entry("LABEL      ", 0x08)) == "LABEL");
  BOOST_TEST(label_of(entry("\xe5"
                            "ABEL      ",
                            0x08) +
                      entry("NEW        ", 0x08)) == "NEW");
  BOOST_TEST(label_of(entry("LONG NAME  ", 0x0f) + entry("LABEL      ", 0x28)) == "LABEL");
  BOOST_TEST(label_of(entry("FOLDER     ", 0x10)) == "none");
  BOOST_TEST(label_of(entry("", 0) + entry("BEHIND     ", 0x08)) == "none");
  BOOST_TEST(label_of(entry("\x05"
                            "ABEL      ",
                            0x08)) ==
             "\xe5"
             "ABEL");
  BOOST_TEST(label_of(entry("LABEL      ", 0x08).substr(0, 31)) == "none");
}

BOOST_AUTO_TEST_CASE(fat_as_mkfs_makes_it) {
  const Disk small(4 << 20, "mkfs.fat -n BOOT -i 4a3b11c2");
  auto volume = identify_volume(small.bytes);
  BOOST_TEST_REQUIRE(volume.has_value());
  BOOST_TEST(volume->uuid.view() == "4A3B-11C2");
  BOOST_TEST(volume->label.view() == "BOOT");
  const Disk large(48 << 20, "mkfs.fat -F 32 -i 00000001");
  volume = identify_volume(large.bytes);
  BOOST_TEST_REQUIRE(volume.has_value());
  BOOST_TEST(volume->uuid.view() == "0000-0001");
  BOOST_TEST(volume->label.empty());
}

BOOST_AUTO_TEST_CASE(swap_is_never_a_root) {
  const Disk disk(4 << 20, "mkswap -L root");
  BOOST_TEST(!identify_volume(disk.bytes).has_value());
}

BOOST_AUTO_TEST_CASE(partitions_of_a_gpt) {
  const Disk disk(8 << 20, "sfdisk -q",
                  "label: gpt\n"
                  "size=1MiB, name=boot\n"
                  "size=2MiB, name=\"the root\", uuid=0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0\n");
  BOOST_TEST(find_partition_label(disk.bytes, 512, "the root").value() == 2u);
  BOOST_TEST(find_partition_label(disk.bytes, 512, "boot").value() == 1u);
  BOOST_TEST(!find_partition_label(disk.bytes, 512, "boo").has_value());
  BOOST_TEST(!find_partition_label(disk.bytes, 512, "").has_value());
  BOOST_TEST(find_partition_uuid(disk.bytes, 512, "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0").value() ==
             2u);
  BOOST_TEST(!find_partition_uuid(disk.bytes, 512, "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f1"));
  BOOST_TEST(!find_partition_label(disk.bytes, 4096, "boot").has_value());
}

BOOST_AUTO_TEST_CASE(partitions_of_an_mbr) {
  const Disk disk(8 << 20, "sfdisk -q", "label: dos\nlabel-id: 0x1A2B3C4D\nsize=1MiB\nsize=2MiB\n");
  BOOST_TEST(find_partition_uuid(disk.bytes, 512, "1a2b3c4d-02").value() == 2u);
  BOOST_TEST(find_partition_uuid(disk.bytes, 512, "1A2B3C4D-0a").value() == 10u);
  for (const char* bad : {"1a2b3c4e-02", "1a2b3c4d-00", "1a2b3c4d-0g", "1a2b3c4d", "00000000-01"})
    BOOST_TEST(!find_partition_uuid(disk.bytes, 512, bad).has_value(), bad);
}

// Where a boot loader lies at 8 KiB, as Allwinner's machines want it, the entries lie elsewhere.
BOOST_AUTO_TEST_CASE(entries_of_a_gpt_far_from_its_header) {
  const Disk disk(8 << 20, "sfdisk -q", "label: gpt\nsize=1MiB, name=boot\nsize=2MiB, name=root\n");
  constexpr std::size_t far = 3 << 20;
  std::vector<std::byte> head(disk.bytes.begin(), disk.bytes.begin() + volume_window);
  BOOST_TEST(far_gpt_entries(head, 512) == 0U);
  move_gpt_entries(head, 512, far);
  BOOST_TEST(!find_partition_label(head, 512, "root"));
  BOOST_TEST(far_gpt_entries(head, 512) == far);
  // As whoever reads them puts them.
  head.insert(head.end(), disk.bytes.begin() + 1024, disk.bytes.begin() + 1024 + 16384);
  move_gpt_entries(head, 512, volume_window);
  BOOST_TEST(find_partition_label(head, 512, "root").value() == 2U);
  BOOST_TEST(far_gpt_entries({}, 512) == 0U);
}

BOOST_AUTO_TEST_CASE(a_signature_of_zero_is_one) {
  const Disk disk(8 << 20, "sfdisk -q", "label: dos\nlabel-id: 0x0\nsize=1MiB\nsize=2MiB\n");
  BOOST_TEST(find_partition_uuid(disk.bytes, 512, "00000000-02").value() == 2U);
  const Disk gpt(8 << 20, "sfdisk -q", "label: gpt\nsize=1MiB\nsize=1MiB\n");
  BOOST_TEST(!find_partition_uuid(gpt.bytes, 512, "00000000-02").has_value());
}

BOOST_AUTO_TEST_CASE(any_bytes_do_no_harm) {
  BOOST_TEST(!identify_volume({}).has_value());
  BOOST_TEST(!find_partition_uuid({}, 512, "1a2b3c4d-02").has_value());
  std::vector<std::byte> ones(1024, std::byte{0xff});
  BOOST_TEST(!identify_volume(ones).has_value());
  const Disk disk(8 << 20, "sfdisk -q", "label: gpt\nsize=1MiB, name=boot\n");
  std::vector<std::byte> bytes = disk.bytes;
  for (const std::size_t field : {72u, 80u, 84u}) {
    for (std::size_t i = 0; i < 4; ++i) bytes[512 + field + i] = std::byte{0xff};
    (void)find_partition_label(bytes, 512, "root");
  }
}
