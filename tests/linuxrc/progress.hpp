// A long run that goes on where it was interrupted: the number of units done is kept in a file of
// the current directory, and told now and then.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace linuxrc::fake {

class Progress {
 public:
  explicit Progress(std::string file) : file_(std::move(file)) {
    if (std::FILE* const stream = std::fopen(file_.c_str(), "r")) {
      if (std::fscanf(stream, "%zu", &skip_) != 1) skip_ = 0;
      std::fclose(stream);
      std::printf("going on after %zu, as %s says\n", skip_, file_.c_str());
    }
  }

  // False when an earlier run has done this unit.
  bool begin(const std::string& name) {
    name_ = name;
    return ++at_ > skip_;
  }
  void done(std::size_t count) {
    if (at_ % 50 != 0) return;
    keep(at_);
    std::printf("%zu units, %zu in this run: %s\n", at_, count, name_.c_str());
    std::fflush(stdout);
  }
  void finished() { (void)std::remove(file_.c_str()); }

 private:
  void keep(std::size_t number) const {
    std::FILE* const stream = std::fopen(file_.c_str(), "w");
    if (stream == nullptr) return;  // then it cannot be resumed
    std::fprintf(stream, "%zu\n", number);
    std::fclose(stream);
  }

  std::string file_;
  std::string name_;
  std::size_t at_ = 0;
  std::size_t skip_ = 0;
};

}  // namespace linuxrc::fake
