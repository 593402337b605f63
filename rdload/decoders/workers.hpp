// Threads that do jobs in any order, whose results are taken in the order in which they came.
#pragma once

#include <pthread.h>

#include <cstddef>

namespace rdload {

// Job: void run(), called by a thread; what it reads and writes is the job's own.
// A ring of `most` jobs, each free, under way or done. All calls but run() come from one thread.
template <class Job, std::size_t most>
class Workers {
 public:
  // At most `count` threads; those that cannot be had are done without, see work().
  explicit Workers(std::size_t count) : wanted_(count < most ? count : most) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() {
    pthread_mutex_lock(&lock_);
    quit_ = true;
    pthread_cond_broadcast(&changed_);
    pthread_mutex_unlock(&lock_);
    for (std::size_t i = 0; i < running_; ++i) pthread_join(threads_[i], nullptr);
  }

  // How many jobs there are room for.
  [[nodiscard]] std::size_t slots() const { return wanted_; }
  // The job to fill next, or nullptr while all are taken.
  Job* free_job() { return taken_ < wanted_ ? &jobs_[(front_ + taken_) % wanted_] : nullptr; }
  // Begins what was filled last.
  void submit() {
    if (running_ < wanted_ && running_ == taken_) start_thread();
    pthread_mutex_lock(&lock_);
    ++taken_;
    ++waiting_;
    pthread_cond_broadcast(&changed_);
    pthread_mutex_unlock(&lock_);
  }
  [[nodiscard]] bool empty() const { return taken_ == 0; }
  // The oldest job, once it is done. There must be one.
  Job& front() {
    pthread_mutex_lock(&lock_);
    // Without a single thread the caller works for itself.
    if (running_ == 0 && waiting_ > 0) take_one();
    while (!done_[front_]) pthread_cond_wait(&changed_, &lock_);
    pthread_mutex_unlock(&lock_);
    return jobs_[front_];
  }
  // Frees the oldest job.
  void pop() {
    done_[front_] = false;
    front_ = (front_ + 1) % wanted_;
    --taken_;
  }

 private:
  void start_thread() {
    const auto work = [](void* workers) -> void* {
      static_cast<Workers*>(workers)->work();
      return nullptr;
    };
    if (pthread_create(&threads_[running_], nullptr, work, this) == 0) ++running_;
  }
  void work() {
    pthread_mutex_lock(&lock_);
    while (!quit_) {
      if (waiting_ > 0)
        take_one();
      else
        pthread_cond_wait(&changed_, &lock_);
    }
    pthread_mutex_unlock(&lock_);
  }
  // With the lock held: does the oldest job that waits.
  void take_one() {
    const std::size_t number = next_;
    next_ = (next_ + 1) % wanted_;
    --waiting_;
    pthread_mutex_unlock(&lock_);
    jobs_[number].run();
    pthread_mutex_lock(&lock_);
    done_[number] = true;
    pthread_cond_broadcast(&changed_);
  }

  Job jobs_[most];
  bool done_[most] = {};
  pthread_t threads_[most] = {};
  pthread_mutex_t lock_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t changed_ = PTHREAD_COND_INITIALIZER;
  std::size_t wanted_;
  std::size_t running_ = 0;  // threads
  std::size_t front_ = 0;    // the oldest job
  std::size_t taken_ = 0;    // jobs from there on that are not free
  std::size_t next_ = 0;     // the next that a thread takes
  std::size_t waiting_ = 0;  // jobs that nobody has taken yet
  bool quit_ = false;
};

}  // namespace rdload
