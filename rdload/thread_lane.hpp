// A Lane that is a thread.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "rdload/lane.hpp"

namespace rdload {

// The thread begins with the first job. Where none is to be had, a job is done by its caller.
class ThreadLane final : public Lane {
 public:
  ThreadLane() = default;
  ThreadLane(const ThreadLane&) = delete;
  ThreadLane& operator=(const ThreadLane&) = delete;
  ~ThreadLane() override;

  void begin(void (*job)(void* context), void* context) override;
  void wait(std::size_t left) override;

 private:
  struct Job {
    void (*run)(void* context);
    void* context;
  };

  bool start();
  void work();

  std::thread thread_;
  std::mutex lock_;
  std::condition_variable begun_;
  std::condition_variable done_;
  Job jobs_[most] = {};
  std::size_t first_ = 0;    // the oldest job that is not done
  std::size_t waiting_ = 0;  // jobs from there on, the one under way included
  bool quit_ = false;
};

}  // namespace rdload
