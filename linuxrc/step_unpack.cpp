// An archive is looked at, and unpacked.
#include "linuxrc/decoded_files.hpp"
#include "linuxrc/ramroot.hpp"
#include "linuxrc/steps.hpp"
#include "linuxrc/unpack.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

// Gives the members to `sink`, if there are any.
class Reading final : public BytesUser {
 public:
  Reading(const char* name, MemberSink& sink) : name_(name), sink_(sink) {}
  Status use(ByteSource& bytes) override {
    char head[archive_window];
    const auto got = bytes.read(head);
    if (!got) return got.error();
    const std::span<const char> window(head, *got);
    is_archive = identify_archive(window) != ArchiveFormat::none;
    return read_archive(bytes, window, name_, sink_);
  }
  bool is_archive = false;

 private:
  const char* name_;
  MemberSink& sink_;
};

// The file is open by then, and stays so.
class Unpacking final : public BytesUser {
 public:
  Unpacking(Machine& machine, const Step& step) : machine_(machine), step_(step) {}
  Status use(ByteSource& bytes) override {
    Inside inside(machine_.sys, step_.target);
    Status done = inside.status();
    if (done) {
      Unpacker unpacker(machine_, step_.number);
      done = Reading(step_.source, unpacker).use(bytes);
      if (done) done = unpacker.finish();
    }
    const Status back = inside.leave();
    return done ? back : done;
  }

 private:
  Machine& machine_;
  const Step& step_;
};

}  // namespace

Status measure_archive(Machine& machine, const char* path, bool& is_archive, std::uint64_t& kib) {
  DecodedFiles* const files = machine.loader.files();
  is_archive = false;
  if (files == nullptr) return Done{};
  MemoryNeed need(machine);
  Reading reading(path, need);
  const Status done = files->read(path, reading);
  is_archive = reading.is_archive;
  kib = done ? need.kib() : 0;
  // Of one that is damaged the steps say so, after its hash was looked at.
  return done || done.error().kind() != Failure::system ? Status(Done{}) : done;
}

Status unpack(Machine& machine, const Step& step) {
  DecodedFiles* const files = machine.loader.files();
  if (files == nullptr)
    return Error::of(Failure::not_usable, "unpack %s: built without the loader", step.source);
  Unpacking unpacking(machine, step);
  return files->read(step.source, unpacking);
}

}  // namespace linuxrc
