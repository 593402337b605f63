// The program as a user meets it: arguments in, exit code and both outputs back.
#include <openssl/sha.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "rdload/rdload_main.hpp"
#include "tests/rdload/images.hpp"
#include "tests/rdload/workplace.hpp"

namespace {

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

Outcome run(const std::vector<std::string>& arguments, bool terminal = false,
            rdload::Stop stop = {}, const std::string& typed = "") {
  std::ostringstream out;
  std::istringstream in(typed);
  std::ostringstream err;
  const int code = rdload::rdload_main(arguments, {out, err, in, terminal, stop});
  return {code, out.str(), err.str()};
}

std::string sha256(const std::string& bytes) {
  unsigned char sum[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), sum);
  std::string text = "sha256:";
  for (const unsigned char byte : sum) {
    constexpr const char* digits = "0123456789abcdef";
    text += {digits[byte >> 4], digits[byte & 15]};
  }
  return text;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(help_goes_to_standard_output) {
  const Outcome help = run({"--help"});
  BOOST_TEST(help.code == 0);
  BOOST_TEST(says(help.out, "Usage: rdload"));
  BOOST_TEST(help.err.empty());
}

BOOST_AUTO_TEST_CASE(bad_usage) {
  const std::vector<std::vector<std::string>> cases = {{"--bogus"},
                                                       {"--compat", "x"},
                                                       {"--progress", "x"},
                                                       {"--start", "-1"},
                                                       {"--start", "1k"},
                                                       {"--length", "x"},
                                                       {"--memory", "0x1000"},
                                                       {"--hash", "md5:00"},
                                                       {"a", "b", "c"},
                                                       {"--identify", "a", "b"},
                                                       {"--release", "-"},
                                                       {"a", "b", "--target", "c"},
                                                       {"--disks", "-"},
                                                       {"--threads", "-1"},
                                                       {"--threads", "0"},
                                                       {"--threads", "65"},
                                                       {"--create", "a"},
                                                       {"--create", "a", "--target", "auto"},
                                                       {"--hash", "", "a", "b"},
                                                       {"--identify", ""},
                                                       {"a", ""}};
  for (const auto& arguments : cases) {
    const Outcome outcome = run(arguments);
    BOOST_TEST(outcome.code == 2, arguments[0]);
    BOOST_TEST(outcome.out.empty());
    BOOST_TEST(outcome.err.starts_with("rdload: "));
    if (arguments[0] != "--release") BOOST_TEST(says(outcome.err, "Try 'rdload --help'."));
  }
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_on_one_line) {
  const Outcome named = run({"--identify", "no\nsuch\x1b[31m"});
  BOOST_TEST(named.code == 1);
  BOOST_TEST(named.err == "rdload: open no?such?[31m: No such file or directory\n");
  for (const char* option :
       {"--start", "--length", "--memory", "--hash", "--threads", "--compat"}) {
    const Outcome longer = run({option, std::string(100000, 'x')});
    BOOST_TEST(longer.code == 2);
    BOOST_TEST(says(longer.err.substr(0, longer.err.find('\n')), "x: n"), option);  // "not ..."
  }
}

BOOST_FIXTURE_TEST_CASE(a_load_says_what_it_did, Workplace) {
  const std::string image = images::ext2(64);
  const std::string source = write("image", images::gzip(image));
  const Outcome outcome = run({source, path("out"), "--create", "--verify"});
  BOOST_TEST(outcome.code == 0);
  BOOST_TEST(outcome.out.starts_with("RAMDISK: gzip image found at block 0\n"));
  BOOST_TEST(says(outcome.out, "64 KiB onto " + path("out")));
  BOOST_TEST(outcome.err.empty());
  BOOST_TEST(read("out") == image);
}

BOOST_FIXTURE_TEST_CASE(nothing_but_the_messages_as_the_kernel, Workplace) {
  const std::string source = write("image", images::ext2(64));
  write("ram", std::string(65536, '\xaa'));
  const Outcome plain = run({source, path("ram"), "--compat", "kernel"});
  BOOST_TEST(plain.out ==
             "RAMDISK: ext2 filesystem found at block 0\n"
             "RAMDISK: Loading 64KiB [1 disk] into ram disk... done.\n");
  const Outcome rotor =
      run({source, path("ram"), "--compat", "kernel", "--progress", "rotor"}, true);
  BOOST_TEST(rotor.out ==
             "RAMDISK: ext2 filesystem found at block 0\n"
             "RAMDISK: Loading 64KiB [1 disk] into ram disk... |\bdone.\n");
  BOOST_TEST(rotor.err.empty());
}

BOOST_FIXTURE_TEST_CASE(a_bar_on_a_terminal_only, Workplace) {
  const std::string source = write("image", images::ext2(64));
  BOOST_TEST(run({source, path("a"), "--create"}).err.empty());
  const Outcome bar = run({source, path("a"), "--create"}, true);
  BOOST_TEST(says(bar.err, "100%"));
  BOOST_TEST(bar.err.ends_with("\r\033[K"));
  BOOST_TEST(run({source, path("a"), "--create", "--progress", "never"}, true).err.empty());
}

BOOST_FIXTURE_TEST_CASE(failures_are_one_line, Workplace) {
  write("ram", std::string(65536, '\xaa'));
  const std::string whole = images::gzip(images::ext2(64));
  struct Case {
    std::string image;
    int code;
  };
  const Case cases[] = {{write("none", "nothing"), 3},
                        {write("big", images::ext2(65)), 4},
                        {write("cut", whole.substr(0, whole.size() / 2)), 5},
                        {path("missing"), 1},
                        {path(""), 1}};
  for (const Case& c : cases) {
    const Outcome outcome = run({c.image, path("ram")});
    BOOST_TEST(outcome.code == c.code, c.image);
    BOOST_TEST(outcome.err.starts_with("rdload: "));
    BOOST_TEST(says(outcome.err, c.image));
    BOOST_TEST(outcome.err.find('\n') == outcome.err.size() - 1, outcome.err);
    BOOST_TEST(read("ram") == std::string(65536, '\xaa'));
  }
}

// Statement 27: where there is no RAM disk it is said, with what was looked for.
BOOST_FIXTURE_TEST_CASE(s27_no_ram_disk, Workplace) {
  const std::string source = write("image", images::ext2(64));
  const Outcome outcome = run({source, path("ram0")});
  BOOST_TEST(outcome.code == 1);
  BOOST_TEST(outcome.err == "rdload: open " + path("ram0") + ": No such file or directory\n");
  write("ram0", "");
  const Outcome empty = run({source, path("ram0")});
  BOOST_TEST(empty.code == 4);
  BOOST_TEST(says(empty.err, path("ram0") + ": an empty file"));
}

BOOST_FIXTURE_TEST_CASE(an_expected_hash, Workplace) {
  for (const bool compressed : {false, true}) {
    const std::string image = images::ext2(64, 32);  // 32 KiB behind the file system
    const std::string bytes = compressed ? images::gzip(image.substr(0, 32768)) + "padding" : image;
    const std::string source = write("image", bytes);
    BOOST_TEST(run({source, path("out"), "--create", "--hash", sha256(bytes)}).code == 0);
    BOOST_TEST(has("out"));
    std::filesystem::remove(path("out"));
    const Outcome wrong = run({source, path("out"), "--create", "--hash", sha256(bytes + "x")});
    BOOST_TEST(wrong.code == 5);
    BOOST_TEST(says(wrong.err, "its hash differs"));
    BOOST_TEST(!has("out"));
  }
}

BOOST_FIXTURE_TEST_CASE(a_signal_stops_it, Workplace) {
  const std::string source = write("image", images::ext2(64));
  const volatile std::sig_atomic_t stop = SIGTERM;
  const Outcome outcome = run({source, path("out"), "--create"}, false, {&stop});
  BOOST_TEST(outcome.code == 1);
  BOOST_TEST(says(outcome.err, "interrupted"));
  BOOST_TEST(!has("out"));
}

BOOST_FIXTURE_TEST_CASE(release_gives_the_source_back, Workplace) {
  const std::string image = images::ext2(9000);
  for (const std::string& bytes : {image, images::gzip(image)}) {
    const std::string source = write("image", bytes);
    BOOST_TEST(run({source, path("out"), "--create", "--release"}).code == 0);
    BOOST_TEST(read("out") == image);
    BOOST_TEST(!has("image"));
  }
}

BOOST_FIXTURE_TEST_CASE(identify_as_text, Workplace) {
  const std::string source = write("image", images::gzip(images::ext2(64, 16, 2)));
  const Outcome text = run({"--identify", source});
  BOOST_TEST(text.code == 0);
  BOOST_TEST(says(text.out, source + ": gzip image, ext2 file system inside\nsize: 64 KiB\n"));
  BOOST_TEST(says(text.out, "Linux 2.4: loads\n"));
  BOOST_TEST(says(text.out, "Linux 7.x: loads (needs CONFIG_RD_GZIP; with root=/dev/ram0 only"));
  const Outcome raw = run({"--identify", write("raw", images::ext2(64, 16, 2))});
  BOOST_TEST(says(raw.out, "Linux 2.4: cut short (only 16 of 64 KiB: use blocks of 1 KiB)\n"));
  const Outcome cpio = run({"--identify", write("cpio", "070701" + std::string(600, '0'))});
  BOOST_TEST(cpio.code == 0);
  BOOST_TEST(says(cpio.out, "Linux 2.4: not found\nLinux 2.6: unpacks (an initramfs"));
  BOOST_TEST(run({"--identify", write("none", "nothing")}).code == 3);
}

BOOST_FIXTURE_TEST_CASE(identify_as_json, Workplace) {
  const std::string source = write("image", images::ext2(64));
  BOOST_TEST(run({"--identify", "--json", source}).out ==
             "{\"image\":\"" + source +
                 "\",\"kind\":\"filesystem\",\"format\":\"ext2\",\"detail\":\"ext2\","
                 "\"uimage\":false,\"flaw\":\"\",\"size_kib\":64,\"source_bytes\":65536,"
                 "\"kernels\":["
                 "{\"kernel\":\"2.4\",\"outcome\":\"loads\",\"remark\":\"\"},"
                 "{\"kernel\":\"2.6\",\"outcome\":\"loads\",\"remark\":\"needs CONFIG_EXT2_FS\"},"
                 "{\"kernel\":\"6.x\",\"outcome\":\"loads\",\"remark\":\"needs CONFIG_EXT2_FS\"},"
                 "{\"kernel\":\"7.x\",\"outcome\":\"loads\",\"remark\":\"needs CONFIG_EXT2_FS; "
                 "with root=/dev/ram0 only, and /linuxrc is never run by the kernel\"}]}\n");
}

BOOST_FIXTURE_TEST_CASE(a_failure_as_json, Workplace) {
  const std::string source = write("image", "nothing");
  write("ram", std::string(1024, '\0'));
  const Outcome outcome = run({"--json", source, path("ram")});
  BOOST_TEST(outcome.code == 3);
  BOOST_TEST(outcome.out ==
             "{\"image\":\"" + source + "\",\"error\":\"" + source +
                 ": Couldn't find valid RAM disk image starting at 0.\",\"exit_code\":3}\n");
}

BOOST_FIXTURE_TEST_CASE(standard_input, Workplace) {
  const std::string image = images::ext2(300);
  int ends[2];
  BOOST_TEST_REQUIRE(::pipe(ends) == 0);
  const int old = ::dup(STDIN_FILENO);
  // A pipe holds 64 KiB; compressed zeros are small.
  const std::string zeros = images::gzip(images::ext2(2).substr(0, 2048) + std::string(60000, 0));
  BOOST_TEST_REQUIRE(::write(ends[1], zeros.data(), zeros.size()) ==
                     static_cast<ssize_t>(zeros.size()));
  ::close(ends[1]);
  ::dup2(ends[0], STDIN_FILENO);
  ::close(ends[0]);
  const Outcome outcome = run({"-", path("out"), "--create"});
  ::dup2(old, STDIN_FILENO);
  ::close(old);
  BOOST_TEST(outcome.code == 0, outcome.err);
  BOOST_TEST(std::filesystem::file_size(path("out")) == 62048u);
}

// Statement 28: what follows a disk's end is read from the next one's first byte.
BOOST_FIXTURE_TEST_CASE(s28_a_set_of_disks, Workplace) {
  const std::string image = images::ext2(300);
  const std::string packed = images::gzip(image);
  // A drive in which the next disk is always the same: the image is made to repeat.
  std::string twice = image.substr(0, 100 * 1024);
  images::put(twice, 1024 + 4, 200, 4);
  const std::string drive = write("drive", twice);
  const Outcome outcome = run({drive, path("out"), "--create", "--disks"}, false, {}, "\n");
  BOOST_TEST(outcome.code == 0, outcome.err);
  BOOST_TEST(says(outcome.out, "Loading 200KiB [2 disks] into ram disk... done.\n"));
  const std::string asked =
      "done disk #1.\nVFS: Insert disk #2 and press ENTER\nLoading disk #2...\n";
  BOOST_TEST(outcome.err == asked);
  BOOST_TEST((read("out") == twice + twice));
  // Nobody presses ENTER: the image ends early.
  const Outcome alone = run({drive, path("out2"), "--create", "--disks"});
  BOOST_TEST(alone.code == 5);
  BOOST_TEST(!has("out2"));
  // A compressed one that ends on the first disk, before the disk does, asks for no other.
  const std::string whole = write("whole", packed + std::string(2000, '\0'));
  BOOST_TEST(run({whole, path("out"), "--create", "--disks"}).err.empty());
  BOOST_TEST((read("out") == image));
  // Nor does one that ends where the disk does: the kernel asks only when blocks are missing.
  const std::string exact = write("exact", packed);
  BOOST_TEST(run({exact, path("out"), "--create", "--disks"}).err.empty());
  BOOST_TEST((read("out") == image));
  // A checksum is that of the disks that the image lies on.
  const Outcome summed =
      run({drive, path("out"), "--create", "--disks", "--hash", sha256(twice + twice)}, false, {},
          "\n");
  BOOST_TEST(summed.code == 0, summed.err);
  BOOST_TEST(summed.err == asked);
}

// Two gzip members, a disk each: the first holds less than its file system claims, so that the
// second is asked for, although the image could be over.
BOOST_FIXTURE_TEST_CASE(s28_streams_on_two_disks, Workplace) {
  const std::string half = images::ext2(150, 300);
  const std::string drive = write("drive", images::gzip(half));
  const Outcome outcome = run({drive, path("out"), "--create", "--disks"}, false, {}, "\n");
  BOOST_TEST(outcome.code == 0, outcome.err);
  BOOST_TEST((read("out") == half + half));
}

BOOST_AUTO_TEST_CASE(version_names_the_decoders) {
  BOOST_TEST(says(run({"--version"}).out, "gzip: "));
}
