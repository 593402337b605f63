// Loading an image onto a RAM disk, as the kernel's rd_load_image() did, and knowing beforehand
// what would be loaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/error.hpp"
#include "rdload/decoder.hpp"
#include "rdload/identify.hpp"
#include "rdload/lane.hpp"
#include "rdload/source.hpp"
#include "rdload/stop.hpp"

namespace rdload {

enum class Compat : unsigned char {
  strict,  // corrupt, truncated and short images are errors
  kernel,  // what the kernel does, message for message
};

// What load() says while it works. The texts are the kernel's, with no newline.
enum class Event : unsigned char {
  found,    // "RAMDISK: ext2 filesystem found at block 0"
  loading,  // "RAMDISK: Loading 4096KiB [1 disk] into ram disk... "; `done` repeats it whole
  done,     // "RAMDISK: Loading 4096KiB [1 disk] into ram disk... done."
  refused,  // "RAMDISK: image too big! (5000KiB/4096KiB)"; the Error says the same at length
  note,     // a remark of this program's own
};

struct Progress {
  std::uint64_t loaded = 0;  // bytes of the image on the target
  std::uint64_t total = 0;   // bytes that there will be; 0 when that is not known
  std::uint64_t read = 0;    // bytes taken from the source
  std::uint64_t source = 0;  // bytes that it has; 0 when that is not known
};

// Plain function pointers, each of which may be nullptr. `context` is handed through.
struct Listener {
  void* context = nullptr;
  void (*message)(void* context, Event event, const char* text) = nullptr;
  void (*progress)(void* context, const Progress& progress) = nullptr;  // about once a MiB
};

// A checksum over bytes in their order, supplied by the caller (SHA-256 in the rdload program).
class Digest {
 public:
  Digest() = default;
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  virtual ~Digest() = default;

  static constexpr std::size_t most_bytes = 64;
  virtual void update(std::span<const std::byte> bytes) = 0;
  // Ends the sum, writes it to `sum` (of most_bytes) and begins anew. Returns its length in bytes.
  virtual std::size_t finish(std::byte* sum) = 0;
};

struct ImageFacts {
  Image image;           // of a wrapper, what it wraps
  bool wrapped = false;  // in a uImage header
  Image inner;           // what a compression holds, as far as it was decoded; else unknown
  // KiB that the target must hold: what the file system claims, be it compressed or not. Nothing
  // for a compression around something unknown; count_decoded() tells then.
  std::optional<std::uint64_t> size_kib;
  std::optional<std::uint64_t> source_bytes;  // from the start to the end, where known
  const char* decoder = "";                   // the library that decodes it, or ""
  // Why a compressed image's contents could not be looked at, or empty.
  common::Text<160> inner_problem;
};

struct ProbeRequest {
  const char* source = "/initrd.image";  // "-" is standard input
  std::uint64_t offset = 0;              // bytes of the source before its block 0
  std::uint64_t start_kib = 0;           // ramdisk_start=, from block 0
  std::optional<std::uint64_t> length;   // bytes of the image, where the source goes on behind it
  Decoders decoders;
  Stop stop;
};

// Where its first byte lies in the source, in bytes; UINT64_MAX when 64 bits cannot say it.
constexpr std::uint64_t first_byte(std::uint64_t offset, std::uint64_t start_kib) {
  const bool fits = start_kib <= (UINT64_MAX >> 10) && offset <= UINT64_MAX - start_kib * 1024;
  return fits ? offset + start_kib * 1024 : UINT64_MAX;
}

// What the image is and how large, from its first bytes; of a compressed one the first 68 KiB are
// decoded. Writes nothing. Kind::unknown is an answer; errors are the source's.
common::Result<ImageFacts> probe(const ProbeRequest& request);

// Decodes a compressed image to its end and returns its size in KiB, rounded up. Errors: corrupt,
// not_usable, system.
common::Result<std::uint64_t> count_decoded(const ProbeRequest& request);

struct LoadRequest {
  const char* source = "/initrd.image";  // "-" is standard input
  std::uint64_t offset = 0;              // bytes of the source before its block 0
  std::uint64_t start_kib = 0;           // ramdisk_start=, from block 0
  std::optional<std::uint64_t> length;   // bytes of the image, where the source goes on behind it
  const char* target = "/dev/ram0";
  DiskChanger disks;     // the source is one disk of a set
  bool create = false;   // a regular file as target is made anew
  bool release = false;  // give the source back while reading; it is lost, even on failure
  Compat compat = Compat::strict;
  Decoders decoders;
  DecoderOptions decoding;
  Listener listener;
  // When a stop is asked for, the Error says what was written.
  Stop stop;

  // Writes on it while it reads and decodes; nullptr: by turns.
  Lane* lane = nullptr;

  // Compares what the target gives back with what went in. Needs `digest`.
  bool verify = false;
  Digest* digest = nullptr;
  // The sum that the whole source must have from its start to its end, or empty. Needs
  // `source_digest`. On a difference the target is discarded and the Error is corrupt.
  std::span<const std::byte> expected;
  Digest* source_digest = nullptr;
};

struct LoadReport {
  Image image;
  Image inner;
  std::uint64_t loaded = 0;      // bytes of the image
  std::uint64_t stored = 0;      // bytes written; the others were zero and cost nothing
  std::uint64_t read = 0;        // bytes taken from the source
  std::uint64_t target_kib = 0;  // 0 for a file that grows
  bool reads_zero = false;       // zero pages were left out
  bool released = false;         // the source has been given back
};

// Loads the image. Errors: not_usable (nothing known, or nothing that decodes it), does_not_fit,
// corrupt (damaged, truncated, shorter than its superblock claims), system. The text names the
// file and says what was written; where the size is known beforehand and does not fit, nothing is.
common::Result<LoadReport> load(const LoadRequest& request);

}  // namespace rdload
