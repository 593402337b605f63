// Raw and gzip images onto regular files: the statements of docs/statements.md that need no device.
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "rdload/load.hpp"
#include "rdload/memory.hpp"
#include "tests/rdload/images.hpp"
#include "tests/rdload/workplace.hpp"

using rdload::Compat;

namespace {

// Loads `image` onto the file "ram" of `kib` KiB full of 0xaa.
struct Scene : Workplace {
  Loaded run(std::string_view image, std::size_t kib, Compat compat = Compat::strict,
             std::uint64_t start_kib = 0) {
    source = write("image", image);
    target = write("ram", std::string(kib * 1024, '\xaa'));
    rdload::LoadRequest request;
    request.source = source.c_str();
    request.target = target.c_str();
    request.compat = compat;
    request.start_kib = start_kib;
    return load_and_listen(request);
  }
  // The target begins with `image` and is zero behind it.
  [[nodiscard]] bool holds(std::string_view image) const {
    const std::string ram = read("ram");
    return ram.starts_with(image) && ram.find_first_not_of('\0', image.size()) == ram.npos;
  }
  [[nodiscard]] bool untouched() const {
    return read("ram").find_first_not_of('\xaa') == std::string::npos && files() == 2;
  }
  std::string source;
  std::string target;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(raw_ext2, Scene) {
  const std::string image = images::ext2(64);
  const Loaded loaded = run(image, 128);
  BOOST_TEST(loaded.exit_code == 0);
  BOOST_TEST(loaded.messages == (std::vector<std::string>{
                                    "RAMDISK: ext2 filesystem found at block 0",
                                    "RAMDISK: Loading 64KiB [1 disk] into ram disk... done.",
                                }),
             boost::test_tools::per_element());
  BOOST_TEST(holds(image));  // statement 14 on a file: nothing stale behind it
  BOOST_TEST(loaded.report.loaded == 64u * 1024);
  BOOST_TEST(loaded.report.target_kib == 128u);
}

BOOST_FIXTURE_TEST_CASE(gzip_ext2, Scene) {
  const std::string image = images::ext2(3000);
  const Loaded loaded = run(images::gzip(image), 4096);
  BOOST_TEST(loaded.exit_code == 0);
  BOOST_TEST(loaded.messages.at(0) == "RAMDISK: gzip image found at block 0");
  BOOST_TEST(holds(image));
}

// Statement 2.
BOOST_FIXTURE_TEST_CASE(s02_a_600_byte_file, Scene) {
  const Loaded loaded = run(std::string(600, 'x'), 16);
  BOOST_TEST(loaded.exit_code == 3);
  BOOST_TEST(loaded.messages.at(0) == "RAMDISK: Couldn't find valid RAM disk image starting at 0.");
  BOOST_TEST(loaded.error == source + ": Couldn't find valid RAM disk image starting at 0.");
  BOOST_TEST(untouched());
}

// Statement 3.
BOOST_FIXTURE_TEST_CASE(s03_four_kib_blocks, Scene) {
  const std::string image = images::ext2(64, 16, 2);
  BOOST_TEST(run(image, 64).exit_code == 0);
  BOOST_TEST(holds(image));
}

// Statement 4: more than 2 GiB into a (sparse) source, past what 32 bits of bytes can say.
BOOST_FIXTURE_TEST_CASE(s04_a_start_beyond_2_gib, Scene) {
  const std::string image = images::ext2(8);
  for (const std::uint64_t start : {2097152ull, 4194305ull}) {
    source = path("image");
    std::ofstream file(source, std::ios::binary);
    file.seekp(static_cast<std::streamoff>(start * 1024));
    file << image;
    file.close();
    target = write("ram", std::string(8192, '\xaa'));
    rdload::LoadRequest request;
    request.source = source.c_str();
    request.target = target.c_str();
    request.start_kib = start;
    const Loaded loaded = load_and_listen(request);
    BOOST_TEST(loaded.exit_code == 0);
    BOOST_TEST(loaded.messages.at(0) ==
               "RAMDISK: ext2 filesystem found at block " + std::to_string(start));
    BOOST_TEST(holds(image));
  }
}

// Statement 5.
BOOST_FIXTURE_TEST_CASE(s05_exact_fit_and_one_kib_more, Scene) {
  BOOST_TEST(run(images::ext2(64), 64).exit_code == 0);
  const Loaded loaded = run(images::ext2(65), 64);
  BOOST_TEST(loaded.exit_code == 4);
  BOOST_TEST(loaded.messages.at(1) == "RAMDISK: image too big! (65KiB/64KiB)");
  BOOST_TEST(loaded.error.ends_with("image too big! (65KiB/64KiB); nothing was written"));
  BOOST_TEST(untouched());
}

// Statement 6.
BOOST_FIXTURE_TEST_CASE(s06_a_source_shorter_than_it_claims, Scene) {
  const Loaded loaded = run(images::ext2(32, 64), 64);
  BOOST_TEST(loaded.exit_code == 5);
  BOOST_TEST(loaded.error.find("ends after 32768 bytes, but its superblock claims 65536") !=
             std::string::npos);
  BOOST_TEST(untouched());
}

// ... which the kernel accepts, repeating its last buffer.
BOOST_FIXTURE_TEST_CASE(s06_as_the_kernel, Scene) {
  std::string image = images::ext2(32, 64);
  image.resize(31 * 1024 + 100);
  BOOST_TEST(run(image, 64, Compat::kernel).exit_code == 0);
  const std::string ram = read("ram");
  BOOST_TEST(ram.starts_with(image));
  const std::string last = image.substr(31 * 1024) + image.substr(30 * 1024 + 100, 1024 - 100);
  for (std::size_t kib = 31; kib < 64; ++kib)
    BOOST_TEST_REQUIRE(ram.substr(kib * 1024, 1024) == last);
}

// Statement 7.
BOOST_FIXTURE_TEST_CASE(s07_bytes_behind_the_file_system_stay_behind, Scene) {
  const std::string image = images::ext2(64, 16);
  BOOST_TEST(run(image, 64).exit_code == 0);
  BOOST_TEST(holds(image.substr(0, 16 * 1024)));
}

// Statement 8.
BOOST_FIXTURE_TEST_CASE(s08_bad_gzip_checksums, Scene) {
  const std::string image = images::ext2(64);
  const std::string good = images::gzip(image);
  for (const std::size_t from_end : {8u, 4u}) {
    std::string bad = good;
    bad.at(bad.size() - from_end) ^= 1;
    const Loaded refused = run(bad, 64);
    BOOST_TEST(refused.exit_code == 5);
    BOOST_TEST(refused.error.find(from_end == 8 ? "bad CRC-32" : "bad length (ISIZE)") !=
               std::string::npos);
    BOOST_TEST(untouched());
    BOOST_TEST(run(bad, 64, Compat::kernel).exit_code == 0);
    BOOST_TEST(holds(image));
  }
}

// Statement 9: the optional header fields, and several members.
BOOST_FIXTURE_TEST_CASE(s09_gzip_header_fields, Scene) {
  const std::string image = images::ext2(16);
  const images::GzipFields breaks_kernel[] = {
      {.extra = true}, {.comment = true}, {.header_crc = true}, {true, true, true, true}};
  for (const auto& fields : breaks_kernel) {
    BOOST_TEST(run(images::gzip(image, fields), 16).exit_code == 0);
    BOOST_TEST(holds(image));
    BOOST_TEST(run(images::gzip(image, fields), 16, Compat::kernel).exit_code == 5);
  }
  BOOST_TEST(run(images::gzip(image, {.name = true}), 16, Compat::kernel).exit_code == 0);
  BOOST_TEST(holds(image));
}

BOOST_FIXTURE_TEST_CASE(s09_several_gzip_members, Scene) {
  const std::string image = images::ext2(64);
  const std::string first = images::gzip(image.substr(0, 16384));
  const std::string second = images::gzip(image.substr(16384));
  BOOST_TEST(run(first + second, 64).exit_code == 0);
  BOOST_TEST(holds(image));
  BOOST_TEST(run(first + second.substr(0, 1000), 64).exit_code == 5);
  // Zeros between them end the image; what is decoded is shorter than its superblock claims.
  BOOST_TEST(run(first + std::string(16, '\0') + second, 64).exit_code == 5);
  // The kernel takes the first only.
  BOOST_TEST(run(first + second, 64, Compat::kernel).exit_code == 0);
  BOOST_TEST(read("ram").substr(16384, 4) == std::string(4, '\0'));
}

// Statement 11.
BOOST_FIXTURE_TEST_CASE(s11_padding_behind_the_image, Scene) {
  const std::string image = images::ext2(16);
  for (const std::string& padding : {std::string(1, '\0'), std::string(300000, '\0'),
                                     std::string(4096, '\xff'), std::string("\x1f\x8b\x08")}) {
    BOOST_TEST(run(images::gzip(image) + padding, 16).exit_code == 0);
    BOOST_TEST(holds(image));
  }
  // Zeros inside the compression, behind a file system that fits.
  BOOST_TEST(run(images::gzip(image + std::string(5000, '\0')), 16).exit_code == 0);
  BOOST_TEST(holds(image));
}

// Statement 12.
BOOST_FIXTURE_TEST_CASE(s12_truncated_gzip, Scene) {
  const std::string whole = images::gzip(images::ext2(16), {true, true, true, true});
  for (std::size_t length = 2; length < whole.size(); length += length < 400 ? 1 : 97) {
    const Loaded loaded = run(whole.substr(0, length), 16);
    BOOST_TEST_REQUIRE(loaded.exit_code == 5, length << ": " << loaded.error);
    BOOST_TEST_REQUIRE(loaded.error.find("truncated") != std::string::npos, loaded.error);
    BOOST_TEST_REQUIRE(untouched());
  }
}

// Statement 13.
BOOST_FIXTURE_TEST_CASE(s13_a_compressed_image_that_overflows, Scene) {
  // The file system inside says so at once ...
  const Loaded early = run(images::gzip(images::ext2(65)), 64);
  BOOST_TEST(early.exit_code == 4);
  BOOST_TEST(early.error.ends_with("image too big! (65KiB/64KiB); nothing was written"));
  BOOST_TEST(untouched());
  // ... something unknown only at its end.
  const Loaded late = run(images::gzip(images::noise(5000 * 1024)), 4096);
  BOOST_TEST(late.exit_code == 4);
  BOOST_TEST(late.messages.at(1) == "RAMDISK: image too big! (5000KiB/4096KiB)");
  BOOST_TEST(untouched());
}

BOOST_FIXTURE_TEST_CASE(damage_inside, Scene) {
  std::string bad = images::gzip(images::ext2(16));
  bad.at(bad.size() / 2) ^= 0x55;
  BOOST_TEST(run(bad, 16).exit_code == 5);
  BOOST_TEST(untouched());
  // A superblock that claims more than was compressed.
  BOOST_TEST(run(images::gzip(images::ext2(16, 17)), 32).exit_code == 5);
  BOOST_TEST(run(images::gzip(images::ext2(16, 17)), 32, Compat::kernel).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(a_file_is_made_with_create, Scene) {
  const std::string image = images::ext2(16);
  source = write("image", images::gzip(image));
  target = path("new");
  rdload::LoadRequest request;
  request.source = source.c_str();
  request.target = target.c_str();
  const Loaded missing = load_and_listen(request);
  BOOST_TEST(missing.exit_code == 1);
  BOOST_TEST(missing.error == "open " + target + ": No such file or directory");
  request.create = true;
  BOOST_TEST(load_and_listen(request).exit_code == 0);
  BOOST_TEST(read("new") == image);
  BOOST_TEST(files() == 2);
}

BOOST_FIXTURE_TEST_CASE(probe_looks_inside, Scene) {
  const rdload::DecoderRow gzip_only[] = {{rdload::Format::gzip, "zlib", rdload::make_gzip_zlib}};
  source = write("image", std::string(2048, 'x') + images::gzip(images::ext2(3000, 2900)));
  rdload::ProbeRequest request;
  request.source = source.c_str();
  request.start_kib = 2;
  request.decoders = gzip_only;
  const auto facts = rdload::probe(request);
  BOOST_TEST_REQUIRE(facts.ok());
  BOOST_TEST((facts->image.format == rdload::Format::gzip));
  BOOST_TEST((facts->inner.format == rdload::Format::ext2));
  BOOST_TEST(facts->size_kib.value() == 2900u);
  BOOST_TEST(*rdload::count_decoded(request) == 3000u);

  request.decoders = {};
  const auto blind = rdload::probe(request);
  BOOST_TEST_REQUIRE(blind.ok());
  BOOST_TEST(!blind->size_kib.has_value());
  BOOST_TEST(std::string_view(blind->inner_problem.c_str()).find("no decoder") !=
             std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(spare_memory_as_proc_tells_it) {
  const auto spare = [](const char* total, const char* available) {
    return rdload::spare_memory(std::string("MemTotal:  ") + total + " kB\nMemFree: 1 kB\n" +
                                "MemAvailable:     " + available + " kB\nX: 1 kB\n");
  };
  BOOST_TEST(spare("8192", "4096").value() == (4096u - 1024) * 1024);
  BOOST_TEST(spare("65536", "10240").value() == (10240u - 4096) * 1024);
  BOOST_TEST(spare("65536", "1000").value() == 0u);
  BOOST_TEST(spare("67108864", "33554432").value() == (33554432ull - 8192) * 1024);
  BOOST_TEST(!spare("", "1").has_value());
  BOOST_TEST(!rdload::spare_memory("MemTotal: 1 kB\n").has_value());
}
