// Kernel modules that the image brings along.
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "common/lines.hpp"
#include "linuxrc/module_parameters.hpp"
#include "linuxrc/report.hpp"
#include "linuxrc/steps.hpp"

namespace linuxrc {

using common::Done;
using common::Error;
using common::Status;

namespace {

constexpr std::uint64_t largest_module = 64U << 20;  // bytes; the largest of Debian has 8 MiB

bool is_compressed(std::string_view path) {
  return path.ends_with(".gz") || path.ends_with(".xz") || path.ends_with(".zst");
}

// Built in, or loaded before: then all is well.
Status loaded(int result, const char* path) {
  return result == -EEXIST ? Done{} : outcome(result, "load module %s", path);
}

Status load_compressed(Sys& sys, const char* path, const char* parameters) {
  const int fd = sys.open(path, O_RDONLY, 0);
  if (fd < 0) return Error::system(-fd, "module %s", path);
  const int result = sys.load_compressed_module(fd, parameters);
  (void)sys.close(fd);  // read only
  if (result == -ENOSYS || result == -EINVAL || result == -EOPNOTSUPP)
    return Error::system(-result, "load module %s (this kernel may want it decompressed)", path);
  return loaded(result, path);
}

Status load_file(Sys& sys, const char* path, const char* parameters) {
  if (is_compressed(path)) return load_compressed(sys, path, parameters);
  FileFacts facts;
  if (const int result = sys.stat(path, facts); result < 0)
    return Error::system(-result, "module %s", path);
  if (facts.size == 0 || facts.size > largest_module)
    return Error::system(EFBIG, "module %s", path);
  const auto size = static_cast<std::size_t>(facts.size);
  char* const image = static_cast<char*>(std::malloc(size));
  if (image == nullptr) return Error::system(ENOMEM, "module %s", path);
  const int fd = sys.open(path, O_RDONLY, 0);
  Status done = outcome(fd, "open %s", path);
  if (done) {
    const ssize_t length = read_full(sys, fd, {image, size});
    const bool cut = length >= 0 && static_cast<std::size_t>(length) < size;
    done = outcome(cut ? -EIO : static_cast<int>(std::min<ssize_t>(length, 0)), "read %s", path);
  }
  if (fd >= 0) (void)sys.close(fd);  // read only
  if (done) done = loaded(sys.init_module(image, size, parameters), path);
  std::free(image);
  return done;
}

bool is_brd(std::string_view file) {
  return file.substr(0, file.find('.')) == "brd";
}

}  // namespace

Status load_modules(Machine& machine, const Step& step) {
  static char list[16384];
  const auto length = read_text(machine.sys, step.source, list);
  if (!length) return length.error();
  const std::string_view folder =
      std::string_view(step.source).substr(0, std::string_view(step.source).rfind('/'));
  std::string_view rest{list, *length};
  while (const auto next = common::next_line(rest)) {
    std::string_view line = *next;
    if (line.empty() || line.front() == '#') continue;
    machine.watchdog.feed();  // a driver may take seconds to look at its devices
    const std::string_view file = line.substr(0, line.find(' '));
    line.remove_prefix(file.size());
    Path path;
    path.append("%.*s/%.*s", static_cast<int>(folder.size()), folder.data(),
                static_cast<int>(file.size()), file.data());
    ModuleParameters parameters;
    parameters.append("%.*s", static_cast<int>(line.size()), line.data());
    if (is_brd(file) && step.number != 0)
      parameters.append(" rd_size=%llu", static_cast<unsigned long long>(step.number));
    append_given_parameters(machine.facts.command_line, file, parameters);
    const Status done = parameters.full()
                            ? Error::of(common::Failure::usage,
                                        "module %s: its parameters are too long", path.c_str())
                            : load_file(machine.sys, path.c_str(), parameters.c_str());
    if (done) continue;
    go_on_without(machine, done.error());
  }
  return Done{};
}

}  // namespace linuxrc
