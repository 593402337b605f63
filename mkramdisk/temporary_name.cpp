#include "mkramdisk/temporary_name.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace mkramdisk {
namespace {

constexpr std::array signals = {SIGHUP, SIGINT, SIGPIPE, SIGTERM};
// The name for the handler, which may only use what is async-signal-safe.
const char* volatile to_unlink = nullptr;
std::array<struct sigaction, signals.size()> actions_before;

void unlink_and_die(int number) {
  if (to_unlink != nullptr) ::unlink(to_unlink);
  ::signal(number, SIG_DFL);
  ::raise(number);
}

sigset_t ending_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : signals) ::sigaddset(&set, number);
  return set;
}

}  // namespace

std::string temporary_name(const std::string& path, unsigned attempt) {
  const std::size_t slash = path.rfind('/');
  const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
  return path.substr(0, begin) + "." + path.substr(begin) + "." + std::to_string(::getpid()) + "-" +
         std::to_string(attempt);
}

void TemporaryFile::hold(const std::string& name) {
  name_ = name;
  to_unlink = name_.c_str();
  for (std::size_t i = 0; i < signals.size(); ++i) {
    struct sigaction action {};
    action.sa_handler = unlink_and_die;
    ::sigaction(signals[i], nullptr, &actions_before[i]);
    if (actions_before[i].sa_handler != SIG_IGN) ::sigaction(signals[i], &action, nullptr);
  }
}

void TemporaryFile::forget() {
  if (name_.empty()) return;
  for (std::size_t i = 0; i < signals.size(); ++i)
    ::sigaction(signals[i], &actions_before[i], nullptr);
  to_unlink = nullptr;
  name_.clear();
}

void TemporaryFile::remove() {
  if (name_.empty()) return;
  ::unlink(name_.c_str());
  forget();
}

SignalsHeld::SignalsHeld() {
  const sigset_t held = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &held, &before_);
}

SignalsHeld::~SignalsHeld() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace mkramdisk
