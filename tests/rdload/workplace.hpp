// A directory of its own for each test, and a load() with its messages collected.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "rdload/decoders/decoders.hpp"
#include "rdload/load.hpp"

struct Workplace {
  Workplace() {
    // In memory where possible: every load ends with an fsync.
    const std::filesystem::path memory = "/dev/shm";
    const bool usable = ::access(memory.c_str(), W_OK) == 0;
    std::string name =
        ((usable ? memory : std::filesystem::temp_directory_path()) / "rdload-XXXXXX").string();
    directory = ::mkdtemp(name.data());
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  ~Workplace() {
    std::error_code ignored;  // a left-over directory does not change a verdict
    std::filesystem::remove_all(directory, ignored);
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (directory / name).string();
  }
  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] bool has(const std::string& name) const {
    return std::filesystem::exists(path(name));
  }
  // How many files there are: to see that nothing was left beside the target.
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(directory), {});
  }

  std::filesystem::path directory;
};

// The outcome of a load as plain values.
struct Loaded {
  int exit_code = 0;
  std::string error;
  std::vector<std::string> messages;  // found, done, refused and note; not `loading`
  rdload::LoadReport report;
};

inline Loaded load_and_listen(rdload::LoadRequest request) {
  static const rdload::DecoderRow gzip_only[] = {
      {rdload::Format::gzip, "zlib", rdload::make_gzip_zlib}};
  if (request.decoders.empty()) request.decoders = gzip_only;
  Loaded loaded;
  request.listener.context = &loaded;
  request.listener.message = [](void* context, rdload::Event event, const char* text) {
    if (event != rdload::Event::loading) static_cast<Loaded*>(context)->messages.emplace_back(text);
  };
  const auto result = rdload::load(request);
  if (result)
    loaded.report = *result;
  else
    loaded.error = result.error().text();
  loaded.exit_code = result ? 0 : result.error().exit_code();
  return loaded;
}
