// Temporary files that go away whatever ends the process, short of SIGKILL.
#pragma once

#include <csignal>
#include <string>

namespace mkramdisk {

// A name beside `path` that nobody else uses: hidden, with the process number and `attempt`.
std::string temporary_name(const std::string& path, unsigned attempt);

// A file's temporary name. remove() unlinks it, and so does a handler for SIGHUP, SIGINT, SIGPIPE
// and SIGTERM while it is held. One at a time in a process.
class TemporaryFile {
 public:
  TemporaryFile() = default;
  explicit TemporaryFile(const std::string& name) {
    if (!name.empty()) hold(name);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { remove(); }

  void hold(const std::string& name);
  // The file got its final name: nothing to remove any more.
  void forget();
  void remove();
  [[nodiscard]] bool empty() const { return name_.empty(); }
  [[nodiscard]] const char* c_str() const { return name_.c_str(); }

 private:
  std::string name_;
};

// Holds back the signals that would end the process, for as long as it lives.
class SignalsHeld {
 public:
  SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  ~SignalsHeld();

 private:
  sigset_t before_{};
};

}  // namespace mkramdisk
