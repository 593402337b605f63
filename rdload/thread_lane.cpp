#include "rdload/thread_lane.hpp"

#include <pthread.h>
#include <signal.h>

#include <system_error>

namespace rdload {

ThreadLane::~ThreadLane() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard held(lock_);
    quit_ = true;
  }
  begun_.notify_one();
  thread_.join();
}

// The new thread takes no signals, so that they interrupt the caller, as they do without it.
bool ThreadLane::start() {
  if (thread_.joinable()) return true;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread(&ThreadLane::work, this);
  } catch (const std::system_error&) {
    // No thread is to be had: thread_ stays as it was.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread_.joinable();
}

void ThreadLane::begin(void (*job)(void* context), void* context) {
  if (!start()) {
    job(context);
    return;
  }
  {
    const std::lock_guard held(lock_);
    jobs_[(first_ + waiting_) % most] = {job, context};
    ++waiting_;
  }
  begun_.notify_one();
}

void ThreadLane::wait(std::size_t left) {
  std::unique_lock held(lock_);
  done_.wait(held, [&] { return waiting_ <= left; });
}

void ThreadLane::work() {
  std::unique_lock held(lock_);
  for (;;) {
    begun_.wait(held, [&] { return waiting_ > 0 || quit_; });
    if (waiting_ == 0) return;
    const Job job = jobs_[first_];
    held.unlock();
    job.run(job.context);
    held.lock();
    first_ = (first_ + 1) % most;
    --waiting_;
    // Told without the lock, which the other one would only wait for again.
    held.unlock();
    done_.notify_one();
    held.lock();
  }
}

}  // namespace rdload
