#include "mkramdisk/times.hpp"

#include <algorithm>
#include <string>

#include "common/one_line.hpp"

namespace mkramdisk {

using common::Done;
using common::Error;
using common::Failure;
using common::Status;

std::int64_t format_time(const Tree& tree, const Layout& layout) {
  if (layout.times.all) return layout.times.stored(0);
  if (layout.times.latest) return layout.times.stored(*layout.times.latest);
  std::int64_t newest = layout.times.stored(tree.inodes[Tree::root].mtime);
  for (const InodeId id : layout.numbers.order)
    newest = std::max(newest, layout.times.stored(tree.inodes[id].mtime));
  return newest;
}

Status check_times(const Tree& tree, const Layout& layout, bool refuse, std::ostream& err) {
  std::size_t changed = 0;
  InodeId first = none;
  const auto look = [&](InodeId id) {
    const std::int64_t time = tree.inodes[id].mtime;
    if (layout.times.wanted(time) == layout.times.stored(time)) return;
    if (changed++ == 0) first = id;
  };
  look(Tree::root);
  for (const InodeId id : layout.numbers.order) look(id);
  if (changed == 0) return Done{};
  const std::string path = "/" + tree.path_of(first);
  if (refuse)
    return Error::of(Failure::not_usable,
                     "%s: its time is outside of 1901 to 2038, all that ext2 can hold (%zu files)",
                     path.c_str(), changed);
  err << "mkramdisk: warning: " << common::on_one_line(path)
      << ": its time is outside of 1901 to 2038 and was moved to the nearest that ext2 can hold ("
      << changed << (changed == 1 ? " file)\n" : " files)\n");
  return Done{};
}

}  // namespace mkramdisk
