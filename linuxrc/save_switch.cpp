// The new image takes the old one's name, so that at every moment the image of that name passes its
// .sha256: the file of hashes lists both while one takes the other's place.
#include <fcntl.h>

#include <cerrno>

#include "linuxrc/file_sum.hpp"
#include "linuxrc/save.hpp"
#include "linuxrc/sys_io.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

Path with(const Path& path, const char* end) {
  Path longer;
  longer.append("%s%s", path.c_str(), end);
  return longer;
}

bool has_no_links(int error) {
  return error == -EPERM || error == -EOPNOTSUPP || error == -ENOSYS || error == -EMLINK;
}

// What was done up to now is on the flash before anything that is done later. sync(2) alone does
// not do it: without a journal ext2 and ext4 tell the disk to empty its cache before they write the
// directories, or not at all. fsync(2) of a directory tells it at the end.
Status settle(Sys& sys, SaveCalls& calls, int folder) {
  sys.sync();
  const int result = calls.write_back(folder);
  // A file system that knows no such call has done all it can.
  return result == -EINVAL ? Done{} : outcome(result, "fsync the directory of the image");
}

// Renames to a name that may be taken, in that directory. What was there before is freed only when
// the directory that names it no more is on the flash: without a journal the two reach it in any
// order. A second name of it stays when that cannot be known; the next attempt removes it.
Status rename_in(Sys& sys, SaveCalls& calls, int folder, const Path& from, const Path& to) {
  const Path was = with(to, ".was");
  (void)sys.unlink(was.c_str());  // one that a power cut left; link says what else is wrong
  const int linked = calls.link(to.c_str(), was.c_str());
  if (linked < 0 && linked != -ENOENT && !has_no_links(linked))
    return outcome(linked, "link %s to %s", to.c_str(), was.c_str());
  Status done = settle(sys, calls, folder);
  if (done) done = outcome(calls.rename(from.c_str(), to.c_str()), "rename %s", from.c_str());
  const Status settled = settle(sys, calls, folder);
  if (!settled) return done ? settled : done;
  if (linked >= 0)
    (void)sys.unlink(was.c_str());  // a second name; the next attempt removes it, too
  const Status freed = settle(sys, calls, folder);
  return done ? freed : done;
}

Status rename_over(Sys& sys, SaveCalls& calls, const Path& from, const Path& to) {
  Path name;
  name.append("%.*s", static_cast<int>(to.view().rfind('/')), to.c_str());
  const int folder = sys.open(name.c_str(), O_RDONLY | O_DIRECTORY, 0);
  if (folder < 0) return outcome(folder, "open %s", name.c_str());
  const Status done = rename_in(sys, calls, folder, from, to);
  (void)sys.close(folder);  // a directory
  return done;
}

// `path` gets the text, at one stroke. What was written before is on the flash before its name is.
Status replace_text(Sys& sys, SaveCalls& calls, const Path& path, std::string_view text) {
  const Path next = with(path, ".new");
  (void)sys.unlink(next.c_str());  // one that a power cut left; open says what else is wrong
  const int fd = sys.open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
  if (fd < 0) return outcome(fd, "open %s", next.c_str());
  Status done = outcome(write_full(sys, fd, text), "write %s", next.c_str());
  if (done) done = outcome(calls.write_back(fd), "fsync %s", next.c_str());
  const int closed = sys.close(fd);
  if (done) done = outcome(closed, "close %s", next.c_str());
  if (done) done = rename_over(sys, calls, next, path);
  if (!done) (void)sys.unlink(next.c_str());
  return done;
}

void add_line(common::Text<512>& text, std::string_view sum, const Path& image) {
  const std::string_view path = image.view();
  text.append("%.*s  %s\n", static_cast<int>(sum.size()), sum.data(),
              image.c_str() + path.rfind('/') + 1);
}

// The hash of the old image when it is sound: what passes its .sha256, or has none.
Status sum_of_old(Log& log, const Path& image, HexSum& sum) {
  Watchdog none(log.sys());
  const auto found = sum_of_file(log, none, image.c_str());
  if (!found) return found.error().errno_value() == ENOENT ? Done{} : Status(found.error());
  FileFacts facts;
  const Status seen = outcome(log.sys().stat(image.c_str(), facts), "stat %s", image.c_str());
  if (!seen) return seen;
  if (found->bytes != facts.size)
    return Error::of(Failure::corrupt, "%s cannot be read to its end", image.c_str());
  char recorded[1024];
  const auto length = read_text(log.sys(), with(image, ".sha256").c_str(), recorded);
  if (!length && length.error().errno_value() != ENOENT) return length.error();
  if (!length || lists_sum({recorded, *length}, found->sum.view())) sum = found->sum;
  return Done{};
}

Status keep_old(Log& log, SaveCalls& calls, const Path& image, const HexSum& sum) {
  const Path old = with(image, ".old");
  const Path next = with(image, ".old.new");
  Sys& sys = log.sys();
  (void)sys.unlink(next.c_str());  // one that a power cut left; link says what else is wrong
  const int linked = calls.link(image.c_str(), next.c_str());
  if (has_no_links(linked)) {
    log.say("this file system has no hard links: the old image is not kept");
    return Done{};
  }
  Status done = outcome(linked, "link %s to %s", image.c_str(), next.c_str());
  common::Text<512> text;
  add_line(text, sum.view(), old);
  // The one kept before passes, too, until the other has its name.
  char before[1024];
  const auto length = read_text(sys, with(old, ".sha256").c_str(), before);
  if (length && *length >= sum.size() && !lists_sum({before, *length}, sum.view()))
    add_line(text, {before, sum.size()}, old);
  if (done && !length && length.error().errno_value() != ENOENT) done = length.error();
  if (done) done = replace_text(sys, calls, with(old, ".sha256"), text.view());
  if (done) done = rename_over(sys, calls, next, old);
  (void)sys.unlink(next.c_str());  // is there still when it failed, or both are one file already
  return done;
}

Status read_back(Log& log, const SaveJob& job, const Path& sum) {
  Watchdog none(log.sys());
  const auto found = sum_of_file(log, none, job.next.c_str());
  if (!found) return found.error();
  if (found->sum.view() == sum.view()) return Done{};
  return Error::of(Failure::corrupt, "%s: the flash gives back other bytes than were written",
                   job.next.c_str());
}

}  // namespace

Status switch_images(Log& log, SaveCalls& calls, const SaveJob& job, const Path& sum) {
  Sys& sys = log.sys();
  const Path sums = with(job.image, ".sha256");
  HexSum old;
  Status done = read_back(log, job, sum);
  if (done) done = sum_of_old(log, job.image, old);
  common::Text<512> both;
  common::Text<512> alone;
  add_line(both, sum.view(), job.image);
  add_line(alone, sum.view(), job.image);
  if (!old.empty()) add_line(both, old.view(), job.image);
  if (done) done = replace_text(sys, calls, sums, both.view());
  if (done && !old.empty()) done = keep_old(log, calls, job.image, old);
  if (done) done = rename_over(sys, calls, job.next, job.image);
  if (!done) {
    (void)sys.unlink(job.next.c_str());
    return done;
  }
  return replace_text(sys, calls, sums, alone.view());
}

}  // namespace linuxrc
