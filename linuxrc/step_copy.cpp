// The step that copies an upper's changes whole, and what every such copy begins and ends with.
#include <fcntl.h>

#include <cerrno>

#include "linuxrc/copy_tree.hpp"
#include "linuxrc/overlay.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {
namespace {

using common::Done;
using common::Error;
using common::Status;

// Of `path`, and that itself; what is not there is removed already.
Status remove_all(Machine& machine, const char* path) {
  FileFacts found;
  if (machine.sys.lstat(path, found) == -ENOENT) return Done{};
  const Status wiped = wipe(machine, path, "");
  return wiped ? outcome(machine.sys.rmdir(path), "rmdir %s", path) : wiped;
}

// All of it is on the disk, or the error says what is not.
Status flush(Machine& machine, const char* target) {
  Sys& sys = machine.sys;
  const int fd = sys.open(target, O_RDONLY | O_DIRECTORY, 0);
  if (fd < 0) return Error::system(-fd, "open %s", target);
  const int result = sys.files()->sync_file_system(fd);
  (void)sys.close(fd);  // a directory
  if (result == -ENOSYS) sys.sync();
  return result == -ENOSYS ? Done{} : outcome(result, "syncfs %s", target);
}

}  // namespace

Path links_beside(const char* target) {
  Path links;
  links.append("%s.links", target);
  return links;
}

// What an interrupted copy left goes, and everything before is on the disk: whoever finds the copy
// and no upper beside it may then trust that the copy is whole.
Status begin_copy(Machine& machine, const char* target) {
  const Path links = links_beside(target);
  Status done = remove_copy(machine, target);
  machine.sys.sync();
  return done ? outcome(machine.sys.mkdir(links.c_str(), 0700), "mkdir %s", links.c_str()) : done;
}

Status end_copy(Machine& machine, const char* target, const Status& copied) {
  Status done = copied;
  if (done) done = remove_all(machine, links_beside(target).c_str());
  if (done) done = flush(machine, target);
  if (done) return done;
  if (const Status gone = remove_copy(machine, target); !gone)
    machine.log.warn("%s, going on", gone.error().text());
  return done;
}

Status remove_copy(Machine& machine, const char* target) {
  const Status links = remove_all(machine, links_beside(target).c_str());
  const Status copy = remove_all(machine, target);
  return copy ? links : copy;
}

Status copy_changes(Machine& machine, const Step& step) {
  Status done = begin_copy(machine, step.target);
  if (!done) return done;
  const Path links = links_beside(step.target);
  Copier copier(machine, links.c_str());
  done = end_copy(machine, step.target, copier.copy(step.source, step.target));
  if (done) machine.log.say("%llu files and directories are copied to the upper", copier.copied());
  if (done && copier.left_out() > 0)
    machine.log.warn(
        "%llu extended attributes are not: the upper's file system has no place for them",
        copier.left_out());
  return done;
}

}  // namespace linuxrc
