// Every compression, made by its own command-line tool, through every kind of damage. A tool that
// is missing is said, and CTest then shows the suite as skipped.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "rdload/decoders/all.hpp"
#include "rdload/load.hpp"
#include "tests/rdload/images.hpp"
#include "tests/rdload/workplace.hpp"

namespace {

struct Format {
  const char* name;
  const char* tool;
  const char* command;  // standard input to standard output
  const char* message;
  bool kernel;   // the kernel loads it
  bool checked;  // the format has checksums, so that every flipped bit is seen
  bool members;  // several streams may follow one another
};

constexpr Format formats[] = {
    {"gzip", "gzip", "gzip -9n", "gzip", true, true, true},
    {"bzip2", "bzip2", "bzip2", "bzip2", true, true, true},
    {"lzma", "xz", "xz --format=lzma", "lzma", true, false, false},
    {"xz-crc32", "xz", "xz --check=crc32", "xz", true, true, true},
    {"xz-crc64", "xz", "xz --check=crc64", "xz", false, true, true},
    {"xz-sha256", "xz", "xz --check=sha256 --block-size=16384", "xz", false, true, true},
    {"lzo", "lzop", "lzop -9", "lzo", true, true, false},
    {"lzo-crc", "lzop", "lzop --crc32", "lzo", true, true, false},
    {"lz4-legacy", "lz4", "lz4 -lq", "lz4", true, false, true},
    {"lz4-frame", "lz4", "lz4 -q", "lz4", false, true, true},
    {"lz4-blocks", "lz4", "lz4 -q -BD -BX", "lz4", false, true, true},
    {"zstd", "zstd", "zstd -q", "zstd", true, true, true},
};

// Part noise, part text, part zeros.
std::string sample(std::size_t kib) {
  std::string image = images::ext2(kib);
  const std::size_t third = image.size() / 3;
  for (std::size_t at = third; at < 2 * third; ++at) image[at] = static_cast<char>(at / 7 % 64);
  for (std::size_t at = 2 * third; at < image.size() - 1024; ++at) image[at] = '\0';
  return image;
}

struct Bench : Workplace {
  // `data` compressed, or empty when the tool is missing.
  std::string pack(const Format& format, std::string_view data) const {
    write("plain", data);
    const std::string find = std::string("command -v ") + format.tool + " >/dev/null";
    if (std::system(find.c_str()) != 0) {
      std::cout << "SKIP: " << format.tool << " is not installed\n";
      return {};
    }
    const std::string command =
        std::string(format.command) + " <" + path("plain") + " >" + path("packed") + " 2>/dev/null";
    BOOST_TEST_REQUIRE(std::system(command.c_str()) == 0, command);
    return read("packed");
  }
  Loaded run(std::string_view image, rdload::Compat compat = rdload::Compat::strict,
             unsigned threads = 1, std::size_t memory = std::size_t{64} << 20) const {
    const std::string source = write("image", image);
    const std::string target = path("out");
    std::filesystem::remove(target);
    rdload::LoadRequest request;
    request.source = source.c_str();
    request.target = target.c_str();
    request.create = true;
    request.compat = compat;
    request.decoders = rdload::all_decoders();
    request.decoding.threads = threads;
    request.decoding.memory = memory;
    return load_and_listen(request);
  }
};

// `check(format, compressed)` for every format, and the sample that it holds.
template <class Check>
void for_each_format(const Bench& bench, const std::string& image, Check check) {
  for (const Format& format : formats) {
    BOOST_TEST_CONTEXT(format.name) {
      const std::string packed = bench.pack(format, image);
      if (!packed.empty()) check(format, packed);
    }
  }
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(all_of_them_load, Bench) {
  const std::string image = sample(3000);
  for_each_format(*this, image, [&](const Format& format, const std::string& packed) {
    for (const unsigned threads : {1u, 4u}) {
      const Loaded loaded = run(packed, rdload::Compat::strict, threads);
      BOOST_TEST(loaded.exit_code == 0, loaded.error);
      BOOST_TEST(loaded.messages.at(0) ==
                 std::string("RAMDISK: ") + format.message + " image found at block 0");
      BOOST_TEST((read("out") == image));
      BOOST_TEST((loaded.report.inner.format == rdload::Format::ext2));
    }
  });
}

// Statement 10: what the kernel does not know loads, and is refused by name in kernel mode.
BOOST_FIXTURE_TEST_CASE(s10_as_the_kernel, Bench) {
  const std::string image = sample(64);
  for_each_format(*this, image, [&](const Format& format, const std::string& packed) {
    const Loaded loaded = run(packed, rdload::Compat::kernel);
    BOOST_TEST((loaded.exit_code == 0) == format.kernel, loaded.error);
    if (format.kernel) BOOST_TEST((read("out") == image));
  });
}

// Statement 11.
BOOST_FIXTURE_TEST_CASE(s11_padding, Bench) {
  const std::string image = sample(64);
  for_each_format(*this, image, [&](const Format&, const std::string& packed) {
    for (const std::size_t zeros : {1u, 3u, 4u, 512u, 300000u}) {
      const Loaded loaded = run(packed + std::string(zeros, '\0'));
      BOOST_TEST(loaded.exit_code == 0, zeros << ": " << loaded.error);
      BOOST_TEST((read("out") == image));
    }
    BOOST_TEST(run(packed + std::string(4096, '\xff')).exit_code == 0);
    BOOST_TEST((read("out") == image));
  });
}

// Statement 12.
BOOST_FIXTURE_TEST_CASE(s12_truncation, Bench) {
  const std::string image = sample(24);
  for_each_format(*this, image, [&](const Format&, const std::string& packed) {
    for (std::size_t length = 2; length < packed.size();
         length += length < 80 || packed.size() - length < 40 ? 1u : 211u) {
      const Loaded loaded = run(packed.substr(0, length));
      // Before its magic is complete it is another format or none.
      const bool right = loaded.exit_code == 5 || (length < 4 && loaded.exit_code == 3);
      BOOST_TEST_REQUIRE(right, length << ": " << loaded.exit_code << ' ' << loaded.error);
      BOOST_TEST_REQUIRE(!has("out"));
    }
  });
}

// Damage is never taken for an image: it is refused, or it did not matter.
BOOST_FIXTURE_TEST_CASE(flipped_bits, Bench) {
  const std::string image = sample(24);
  for_each_format(*this, image, [&](const Format& format, const std::string& packed) {
    unsigned refused = 0;
    for (std::size_t at = 0; at < packed.size();
         at += at < 80 || packed.size() - at < 40 ? 1u : 211u) {
      std::string bad = packed;
      bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
      const Loaded loaded = run(bad);
      if (loaded.exit_code == 0) {
        if (format.checked) BOOST_TEST_REQUIRE((read("out") == image), at);
        continue;
      }
      BOOST_TEST_REQUIRE((loaded.exit_code == 5 || loaded.exit_code == 3), loaded.error);
      ++refused;
    }
    BOOST_TEST(refused > 50u);
  });
}

BOOST_FIXTURE_TEST_CASE(streams_that_follow_one_another, Bench) {
  const std::string image = sample(64);
  for (const Format& format : formats) {
    if (!format.members) continue;
    BOOST_TEST_CONTEXT(format.name) {
      const std::string first = pack(format, image.substr(0, 20000));
      const std::string second = pack(format, image.substr(20000));
      if (first.empty()) continue;
      const Loaded loaded = run(first + second);
      BOOST_TEST(loaded.exit_code == 0, loaded.error);
      BOOST_TEST((read("out") == image));
    }
  }
}

// As pzstd writes them: frames of their own, each behind a skippable one, decoded beside one
// another.
BOOST_FIXTURE_TEST_CASE(zstd_frames_on_several_threads, Bench) {
  const std::string image = sample(3000);
  const auto& format = *std::find_if(std::begin(formats), std::end(formats), [](const Format& one) {
    return std::string_view(one.name) == "zstd";
  });
  std::string packed;
  std::vector<std::size_t> ends;
  for (std::size_t at = 0; at < image.size(); at += 200000) {
    const std::string frame = pack(format, std::string_view(image).substr(at, 200000));
    if (frame.empty()) return;
    std::string skippable(12, '\0');
    images::put(skippable, 0, 0x184d2a50, 4);
    images::put(skippable, 4, 4, 4);
    images::put(skippable, 8, frame.size(), 4);
    packed += skippable + frame;
    ends.push_back(packed.size());
  }
  for (const unsigned threads : {1u, 2u, 3u, 8u}) {
    for (const std::string& behind : {std::string(), std::string("pad"), std::string(5000, '\0')}) {
      const Loaded loaded = run(packed + behind, rdload::Compat::strict, threads);
      BOOST_TEST(loaded.exit_code == 0, threads << ": " << loaded.error);
      BOOST_TEST((read("out") == image));
    }
    // Cut between two frames it is shorter than its file system claims.
    for (const std::size_t end : {ends[3], ends[3] + 3, ends[3] + 10, ends[3] + 14, ends[4] - 1}) {
      const Loaded loaded = run(packed.substr(0, end), rdload::Compat::strict, threads);
      BOOST_TEST(loaded.exit_code == 5, end << ": " << loaded.error);
    }
    std::string bad = packed;
    bad[ends[4] - 2] ^= 1;  // in a checksum
    const Loaded refused = run(bad, rdload::Compat::strict, threads);
    BOOST_TEST(refused.error.find("zstd image: bad checksum") != std::string::npos, refused.error);
  }
  // One that is too large for the memory allowed goes the other way, with all that follow.
  for (const std::size_t memory : {std::size_t{1} << 20, std::size_t{100000}}) {
    const Loaded loaded = run(packed, rdload::Compat::strict, 2, memory);
    BOOST_TEST(loaded.exit_code == 0, loaded.error);
    BOOST_TEST((read("out") == image));
  }
}

// Bytes inside a block that the format's own end does not account for.
BOOST_FIXTURE_TEST_CASE(rubbish_inside_a_frame, Bench) {
  for_each_format(*this, sample(64), [&](const Format& format, std::string packed) {
    const std::string name = format.name;
    if (name == "lz4-legacy") {
      images::put(packed, 4, packed.size() - 8 + 4, 4);  // the size of its only block
      packed += "rubb";
    } else if (name == "xz-crc32") {
      packed.insert(packed.size() - 12, "rubb");  // between the index and the footer
    } else if (name == "zstd" || name == "lz4-frame") {
      packed.insert(packed.size() - 4, "rubb");  // before the checksum
    } else {
      return;
    }
    const Loaded loaded = run(packed);
    BOOST_TEST(loaded.exit_code == 5, loaded.error);
    BOOST_TEST(!has("out"));
  });
}

BOOST_FIXTURE_TEST_CASE(a_uimage_around_one, Bench) {
  const std::string payload = images::gzip(sample(64));
  std::string header(64, '\0');
  images::put_big(header, 0, 0x27051956, 4);
  images::put_big(header, 12, payload.size(), 4);
  images::put_big(
      header, 24,
      ::crc32(0, reinterpret_cast<const Bytef*>(payload.data()), static_cast<uInt>(payload.size())),
      4);
  header[30] = 3;
  header[31] = 1;
  images::put_big(header, 4, ::crc32(0, reinterpret_cast<const Bytef*>(header.data()), 64), 4);
  const std::string whole = header + payload;
  const Loaded loaded = run(whole);
  BOOST_TEST(loaded.exit_code == 0, loaded.error);
  BOOST_TEST((read("out") == sample(64)));
  BOOST_TEST(run(whole + std::string(1000, 'x')).exit_code == 0);

  BOOST_TEST(run(whole, rdload::Compat::kernel).exit_code == 3);  // U-Boot takes it off
  BOOST_TEST(run(whole.substr(0, whole.size() - 1)).exit_code == 5);
  std::string bad = whole;
  bad[40] ^= 1;  // its name
  BOOST_TEST(run(bad).error.ends_with("a uImage header with a bad checksum"));
  bad = whole;
  bad[64 + 4] ^= 1;  // gzip's time stamp, which only the uImage's checksum covers
  const Loaded refused = run(bad);
  BOOST_TEST(refused.exit_code == 5);
  BOOST_TEST(refused.error.find("bad checksum of the uImage's contents") != std::string::npos,
             refused.error);
}

BOOST_FIXTURE_TEST_CASE(a_cpio_archive_is_said_to_be_one, Bench) {
  const std::string cpio = "070701" + std::string(600, '0');
  for (const std::string& image : {cpio, images::gzip(cpio)}) {
    const Loaded loaded = run(image);
    BOOST_TEST(loaded.exit_code == 3);
    BOOST_TEST(loaded.error.find("cpio archive (an initramfs)") != std::string::npos);
  }
}
