// Fuzz target: a device table, in either form, is applied or refused with its line's number.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "mkramdisk/device_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const auto table = mkramdisk::parse_device_table(text, "table");
  if (!table) {
    if (std::strncmp(table.error().text(), "table:", 6) != 0) std::abort();
    return 0;
  }
  // Counts may ask for millions of nodes, which is slow and nothing else.
  for (const mkramdisk::TableLine& line : *table)
    if (line.count > 1000) return 0;
  for (const auto form : {mkramdisk::TableForm::genext2fs, mkramdisk::TableForm::buildroot}) {
    mkramdisk::Tree tree;
    mkramdisk::TableContext context;
    context.name = "table";
    context.form = form;
    context.passwd = "user:x:1000:1000::/:/bin/sh\n";
    context.group = "group:x:50:\n";
    const common::Status status = mkramdisk::apply_device_table(*table, context, tree);
    if (!status && std::strncmp(status.error().text(), "table:", 6) != 0) std::abort();
    tree.finish();
    for (const mkramdisk::Entry& entry : tree.entries)
      if (entry.length == 0 || entry.inode >= tree.inodes.size()) std::abort();
  }
  return 0;
}
