#include "mkramdisk/libarchive_input.hpp"

#include <cerrno>

namespace mkramdisk {

la_ssize_t LibarchiveInput::read(struct archive* reader, void* self, const void** bytes) {
  auto& input = *static_cast<LibarchiveInput*>(self);
  auto got = input.source_.next();
  if (!got) {
    input.failed_ = got.error();
    archive_set_error(reader, EIO, "%s", got.error().text());
    return -1;
  }
  *bytes = got->data();
  input.given_ += got->size();
  return static_cast<la_ssize_t>(got->size());
}

bool LibarchiveInput::open() {
  return archive_read_open(handle_.get(), this, nullptr, read, nullptr) == ARCHIVE_OK;
}

common::Error LibarchiveInput::error(const std::string& name) const {
  if (failed_) return *failed_;
  // There is none where its cpio reader meets the end of the input within a header or a name.
  const char* const text = archive_error_string(handle_.get());
  return common::Error::of(common::Failure::corrupt, "%s: %s", name.c_str(),
                           text == nullptr ? "truncated or damaged" : text);
}

void LibarchiveInput::give_back(int filter) {
  const auto used = static_cast<std::uint64_t>(archive_filter_bytes(handle_.get(), filter));
  if (used < given_) source_.give_back(given_ - used);
  given_ = used;
}

}  // namespace mkramdisk
