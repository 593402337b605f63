#include "mkramdisk/wrap/inspect.hpp"

#include "mkramdisk/wrap/contents.hpp"
#include "mkramdisk/wrap/judge.hpp"
#include "mkramdisk/wrap/kernel_facts.hpp"
#include "mkramdisk/wrap/legacy_image.hpp"
#include "mkramdisk/wrap/linuxrc_program.hpp"

namespace mkramdisk::wrap {
namespace {

using common::Done;
using common::Status;

void print_contents(const Contents& contents, std::ostream& out) {
  if (!contents.seen) {
    out << "contents: " << contents.unseen << "\n";
    return;
  }
  for (const Program* program : {&contents.linuxrc, &contents.init})
    out << program->path << ": " << describe(*program) << "\n";
  out << "/initrd: "
      << (contents.initrd ? "there: with this image as the new root, the old one is moved to it"
                          : "not there")
      << "\n/dev/console: " << (contents.console ? "there" : "not there") << "\n";
}

void print_verdict(const Verdict& verdict, std::ostream& out) {
  out << "  " << verdict.way << ": " << (verdict.boots() ? "boots" : "does not boot") << "\n";
  for (const std::string& reason : verdict.against) out << "    - " << reason << "\n";
  if (verdict.boots())
    for (const std::string& remark : verdict.remarks) out << "    " << remark << "\n";
}

}  // namespace

Status inspect(const Options& options, const Environment& environment) {
  std::ostream& out = environment.out;
  auto image = look_at(options.image);
  if (!image) return image.error();
  const rdload::ImageFacts& facts = image->facts;
  if (facts.image.is(rdload::Kind::archive) || facts.inner.is(rdload::Kind::archive)) {
    out << image->place.path
        << ": an initramfs (cpio archive): every kernel since 2.6 boots it as it is\n";
    return Done{};
  }
  if (auto status = check_whole(*image); !status) return status;
  out << image->place.path << ": " << describe(*image) << "\n";
  const auto contents = look_into(*image);
  if (!contents) return contents.error();
  print_contents(*contents, out);
  if (options.kernel.empty()) return Done{};
  const auto kernel = Kernel::read(options.kernel);
  if (!kernel) return kernel.error();
  const auto linuxrc = read_linuxrc(options.linuxrc, facts.image.format);
  if (!linuxrc) return linuxrc.error();
  out << "on Linux " << kernel->name << ":\n";
  for (const Verdict& verdict :
       judge(*image, *contents, *kernel, can_load(*linuxrc, facts.image.format)))
    print_verdict(verdict, out);
  return Done{};
}

}  // namespace mkramdisk::wrap
