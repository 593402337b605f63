#include "mkramdisk/gather.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "common/io.hpp"
#include "mkramdisk/device_table.hpp"
#include "mkramdisk/scan.hpp"
#include "mkramdisk/tree_merge.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Failure;
using common::Result;
using common::Status;

struct TextFile {
  std::string text;
  std::int64_t mtime = 0;
};

Result<TextFile> read_table(const std::string& path, int input) {
  common::UniqueFd opened;
  if (path != "-") {
    auto fd = common::open_file(path.c_str(), O_RDONLY);
    if (!fd) return fd.error();
    opened = std::move(*fd);
  }
  const int fd = path == "-" ? input : opened.get();
  struct stat found {};
  if (::fstat(fd, &found) != 0) return Error::system(errno, "fstat %s", path.c_str());
  TextFile file;
  file.mtime = S_ISREG(found.st_mode) ? found.st_mtim.tv_sec : 0;
  for (std::size_t size = 0;;) {
    file.text.resize(size + 65536);
    auto got = common::read_full(fd, std::as_writable_bytes(std::span(file.text)).subspan(size),
                                 path.c_str());
    if (!got) return got.error();
    size += *got;
    file.text.resize(size);
    if (*got < 65536) return file;
  }
}

// The text of a regular file of the tree, or nothing.
std::string file_text(const Tree& tree, const Sources& sources, std::string_view path) {
  const InodeId id = find_path(tree, path);
  if (id == none || !tree.inodes[id].is(S_IFREG) || tree.inodes[id].size > (16 << 20)) return {};
  std::string text(tree.inodes[id].size, '\0');
  if (text.empty()) return text;
  SourceReader reader(tree, sources);
  iovec part{text.data(), text.size()};
  return reader.read(id, 0, {&part, 1}) ? text : std::string();
}

Status add_table(const Input& input, const Options& options, int standard_input, Tree& tree,
                 const Sources& sources) {
  auto file = read_table(input.path, standard_input);
  if (!file) return file.error();
  auto table = parse_device_table(file->text, input.path);
  if (!table) return table.error();
  TableContext context;
  context.name = input.path;
  context.form = options.table_form;
  context.top = input.top;
  context.mtime = file->mtime;
  context.passwd = file_text(tree, sources, "etc/passwd");
  context.group = file_text(tree, sources, "etc/group");
  return apply_device_table(*table, context, tree);
}

Status add_source(const Input& input, const Options& options, Tree& tree, Sources& sources) {
  auto top = make_directories(tree, input.top, 0);
  if (!top) return top.error();
  struct stat found {};
  if (::stat(input.path.c_str(), &found) != 0)
    return Error::system(errno, "stat %s", input.path.c_str());
  if (S_ISDIR(found.st_mode))
    return scan_directory(input.path, *top, {options.cross_devices}, tree, sources);
  return Error::of(Failure::not_usable, "%s: not a directory", input.path.c_str());
}

}  // namespace

Status gather(const Options& options, int input, Tree& tree, Sources& sources) {
  for (const Input& source : options.sources)
    if (auto status = add_source(source, options, tree, sources); !status) return status;
  if (options.root_owned)
    for (Inode& inode : tree.inodes) inode.uid = inode.gid = 0;
  tree.finish();
  for (const Input& table : options.tables)
    if (auto status = add_table(table, options, input, tree, sources); !status) return status;
  if (options.lost_found) {
    Inode made;
    made.mode = S_IFDIR | 0700;
    made.mtime = tree.inodes[Tree::root].mtime;
    if (tree.find(Tree::root, "lost+found") == none) tree.add(Tree::root, "lost+found", made);
  }
  tree.finish();
  return Done{};
}

}  // namespace mkramdisk
