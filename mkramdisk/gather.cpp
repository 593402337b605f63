#include "mkramdisk/gather.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>

#include "common/io.hpp"
#include "mkramdisk/archive.hpp"
#include "mkramdisk/device_table.hpp"
#include "mkramdisk/ext2_source.hpp"
#include "mkramdisk/scan.hpp"
#include "mkramdisk/spool.hpp"
#include "mkramdisk/tree_merge.hpp"

namespace mkramdisk {
namespace {

using common::Done;
using common::Error;
using common::Result;
using common::Status;

struct TextFile {
  std::string text;
  std::int64_t mtime = 0;
};

// Bytes; a device that never ends, named by mistake, would take all memory.
constexpr std::size_t largest_table = std::size_t{64} << 20;

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
    if (size > largest_table)
      return Error::of(common::Failure::not_usable, "%s: no device table has more than 64 MiB",
                       path.c_str());
    file.text.resize(size);
    if (*got < 65536) return file;
  }
}

// The text of a regular file of the tree that is on the host, or nothing.
std::string file_text(const Tree& tree, const Sources& sources, std::string_view path) {
  const InodeId id = find_path(tree, path);
  if (id == none || !tree.inodes[id].is(S_IFREG) || tree.inodes[id].size > (16 << 20)) return {};
  if (tree.where(tree.inodes[id]) != Content::Where::host) return {};
  std::string text(tree.inodes[id].size, '\0');
  if (text.empty()) return text;
  SourceReader reader(tree, sources);
  iovec part{text.data(), text.size()};
  return reader.read(id, 0, {&part, 1}) ? text : std::string();
}

class Gathering {
 public:
  Gathering(const Options& options, int input, const StoreMaker& streaming, Tree& tree,
            Sources& sources)
      : options_(options), input_(input), streaming_(streaming), tree_(tree), sources_(sources) {}

  Status add(const Layer& layer) {
    if (layer.kind == Layer::Kind::table) return add_table(layer);
    const std::size_t before = tree_.inodes.size();
    if (auto status = add_source(layer); !status) return status;
    // Owners are changed source by source: what device tables say stays as it is.
    map_owners(options_.owners, before, tree_);
    if (before == 1) map_owners(options_.owners, 0, tree_);
    if (options_.root_owned)
      for (std::size_t id = before == 1 ? 0 : before; id < tree_.inodes.size(); ++id)
        tree_.inodes[id].uid = tree_.inodes[id].gid = 0;
    if (options_.squash_permissions)
      for (std::size_t id = before == 1 ? 0 : before; id < tree_.inodes.size(); ++id)
        if (!tree_.inodes[id].is(S_IFLNK)) tree_.inodes[id].mode &= ~077U;
    return Done{};
  }

  Status finish() {
    if (spool_) {
      if (auto status = spool_->finish(); !status) return status;
      sources_.spool = spool_->release();
    }
    if (options_.lost_found && tree_.find(Tree::root, "lost+found") == none) {
      Inode made;
      made.mode = S_IFDIR | 0700;
      made.mtime = tree_.inodes[Tree::root].mtime;
      tree_.add(Tree::root, "lost+found", made);
    }
    tree_.finish();
    remove_excluded(options_.excludes, tree_);
    return Done{};
  }

 private:
  Status add_table(const Layer& layer) {
    auto file = read_table(layer.path, input_);
    if (!file) return file.error();
    auto table = parse_device_table(file->text, layer.path);
    if (!table) return table.error();
    tree_.finish();
    TableContext context;
    context.name = layer.path;
    context.form = options_.table_form;
    context.top = layer.top;
    context.mtime = file->mtime;
    context.passwd = file_text(tree_, sources_, "etc/passwd");
    context.group = file_text(tree_, sources_, "etc/group");
    return apply_device_table(*table, context, tree_);
  }

  Status add_source(const Layer& layer) {
    auto top = make_directories(tree_, layer.top, 0);
    if (!top) return top.error();
    if (layer.path == "-") return add_file(input_, "standard input", *top);
    struct stat found {};
    if (::stat(layer.path.c_str(), &found) != 0)
      return Error::system(errno, "stat %s", layer.path.c_str());
    if (S_ISDIR(found.st_mode))
      return scan_directory(layer.path, *top,
                            {options_.cross_devices, options_.xattrs, options_.excludes}, tree_,
                            sources_);
    auto fd = common::open_file(layer.path.c_str(), O_RDONLY);
    if (!fd) return fd.error();
    return add_file(fd->get(), layer.path, *top);
  }

  Status add_file(int fd, const std::string& name, InodeId top) {
    sources_.list.push_back({common::UniqueFd(), name, top});
    const auto number = static_cast<std::uint32_t>(sources_.list.size() - 1);
    const bool image = has_ext2_superblock(fd) && fd != input_;
    auto store = streaming_ && !image ? streaming_() : spool();
    if (!store) return store.error();
    if (image) return add_ext2_image(name, top, number, options_.xattrs, tree_, **store);
    return add_archive(fd, {name, top, number, options_.xattrs, tree_, **store});
  }

  Result<ContentStore*> spool() {
    if (!spool_) {
      auto opened = Spool::open();
      if (!opened) return opened.error();
      spool_ = std::move(*opened);
    }
    return static_cast<ContentStore*>(spool_.get());
  }

  const Options& options_;
  int input_;
  const StoreMaker& streaming_;
  Tree& tree_;
  Sources& sources_;
  std::unique_ptr<Spool> spool_;
};

}  // namespace

Status gather(const Options& options, int input, const StoreMaker& streaming, Tree& tree,
              Sources& sources) {
  Gathering gathering(options, input, streaming, tree, sources);
  for (const Layer& layer : options.layers)
    if (auto status = gathering.add(layer); !status) return status;
  return gathering.finish();
}

}  // namespace mkramdisk
