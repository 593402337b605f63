#include "rdload/chosen_target.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/io.hpp"
#include "rdload/device.hpp"

namespace rdload {

using common::Error;
using common::Failure;
using common::Result;
using common::UniqueFd;

namespace {

constexpr std::uint64_t page_kib = 4;

struct Needs {
  std::uint64_t kib = 0;
  bool small_blocks = false;  // is mounted on no device whose sectors are of 4 KiB
};

// Of the file systems in fs/, these give up where their block is smaller than the device's sector
// (sb_set_blocksize()); the others read pages or have blocks of 4 KiB at least.
bool has_small_blocks(const Image& image) {
  const bool always = image.format == Format::romfs || image.format == Format::minix ||
                      image.format == Format::iso9660;
  return image.is(Kind::filesystem) &&
         (always || (image.format == Format::ext2 && image.block_kib < page_kib));
}

Result<Needs> needs_of(const ProbeRequest& request) {
  const auto facts = probe(request);
  if (!facts) return facts.error();
  if (facts->image.is(Kind::unknown))
    return Error::of(Failure::not_usable,
                     "%s: Couldn't find valid RAM disk image starting at %llu.", request.source,
                     static_cast<unsigned long long>(request.start_kib));
  const bool small = has_small_blocks(facts->image) || has_small_blocks(facts->inner);
  if (facts->size_kib) return Needs{*facts->size_kib, small};
  const auto counted = count_decoded(request);
  if (!counted) return counted.error();
  return Needs{*counted, small};
}

std::string reason(int error) {
  return std::string(" (") + std::strerror(error) + ")";
}

// Whether /dev/ram0 is there and large enough; otherwise `why` says what is the matter.
bool ram_disk_fits(std::uint64_t kib, std::string& why) {
  const UniqueFd fd(::open("/dev/ram0", O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) {
    why = "no /dev/ram0" + reason(errno);
    return false;
  }
  const auto bytes = device_bytes(fd.get(), "/dev/ram0");
  if (bytes && *bytes >= kib * 1024) return true;
  why = "/dev/ram0 is too small";
  if (bytes) why += " (" + std::to_string(*bytes / 1024) + " KiB)";
  return false;
}

void remove_zram(const std::string& path) {
  const auto fd = common::open_file("/sys/class/zram-control/hot_remove", O_WRONLY);
  const std::string number = path.substr(std::strlen("/dev/zram"));
  // Nothing more can be done about a device that stays.
  if (fd) static_cast<void>(common::write_full(fd->get(), std::as_bytes(std::span(number)), ""));
}

// The path of a new zram device of that size, or "".
std::string make_zram(std::uint64_t kib, std::string& why) {
  std::array<char, 16> text{};
  const auto length = common::read_text("/sys/class/zram-control/hot_add", text);
  if (!length) {
    why += ", no zram" + reason(length.error().errno_value());
    return "";
  }
  const std::string number(text.data(), std::strcspn(text.data(), "\n"));
  std::string path = "/dev/zram" + number;
  const auto fd = common::open_file(("/sys/block/zram" + number + "/disksize").c_str(), O_WRONLY);
  const std::string size = std::to_string(kib * 1024);
  if (fd && common::write_full(fd->get(), std::as_bytes(std::span(size)), "disksize")) {
    return path;
  }
  remove_zram(path);
  why += ", zram takes no size";
  return "";
}

void detach_loop(const std::string& path) {
  const auto fd = common::open_file(path.c_str(), O_RDONLY);
  if (fd) ::ioctl(fd->get(), LOOP_CLR_FD);
}

// A nameless file on tmpfs, which the loop device alone will hold.
UniqueFd memory_file(std::uint64_t kib) {
  for (const char* const folder : {"/dev/shm", "/run", "/tmp"}) {
    struct statfs status {};
    if (::statfs(folder, &status) != 0 || status.f_type != TMPFS_MAGIC) continue;
    UniqueFd fd(::open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (fd.valid() && ::ftruncate(fd.get(), static_cast<off_t>(kib * 1024)) == 0) return fd;
  }
  return {};
}

Result<std::string> attach_loop(std::uint64_t kib) {
  auto control = common::open_file("/dev/loop-control", O_RDWR);
  if (!control) return control.error();
  const UniqueFd file = memory_file(kib);
  if (!file.valid()) return Error::of(Failure::system, "no tmpfs for its file");
  // Somebody else may take the device between the two calls.
  for (int attempt = 0; attempt < 16; ++attempt) {
    const int number = ::ioctl(control->get(), LOOP_CTL_GET_FREE);
    if (number < 0) return Error::system(errno, "ioctl LOOP_CTL_GET_FREE");
    std::string path = "/dev/loop" + std::to_string(number);
    auto device = common::open_file(path.c_str(), O_RDWR);
    if (!device) return device.error();
    if (::ioctl(device->get(), LOOP_SET_FD, file.get()) == 0) return path;
    if (errno != EBUSY) return Error::system(errno, "ioctl LOOP_SET_FD on %s", path.c_str());
  }
  return Error::system(EBUSY, "ioctl LOOP_SET_FD");
}

// The path of a new loop device of that size, or "".
std::string make_loop(std::uint64_t kib, std::string& why) {
  const auto path = attach_loop(kib);
  if (path) return *path;
  why += std::string(", no loop device (") + path.error().text() + ")";
  return "";
}

}  // namespace

Result<ChosenTarget> choose_target(const ProbeRequest& request) {
  if (std::strcmp(request.source, "-") == 0)
    return Error::of(Failure::usage, "standard input: --target auto reads the image twice");
  const auto needs = needs_of(request);
  if (!needs) return needs.error();
  const std::uint64_t kib = (needs->kib + page_kib - 1) / page_kib * page_kib;
  std::string why;
  if (ram_disk_fits(kib, why)) return ChosenTarget("/dev/ram0", "the RAM disk is there", nullptr);
  if (const std::string loop = make_loop(kib, why); !loop.empty())
    return ChosenTarget(loop, "a loop device over tmpfs, because of " + why, detach_loop);
  if (needs->small_blocks)
    why += ", and the sectors of zram (4 KiB) are larger than the image's blocks";
  else if (const std::string zram = make_zram(kib, why); !zram.empty())
    return ChosenTarget(zram, "zram, because of " + why, remove_zram);
  return Error::of(Failure::system, "no target: %s", why.c_str());
}

}  // namespace rdload
