#include "base/worker.h"

namespace muniment {

Worker::Worker(Mode mode, std::size_t waiting_max) : waiting_max_(waiting_max) {
  MUNIMENT_CHECK(waiting_max > 0);
  if (mode == Mode::by_thread) thread_ = std::jthread([this] { work(); });
}

Worker::~Worker() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
  is_closed_ = true;
  given_.notify_one();
}  // thread_ is the last member: it is joined before anything else goes

void Worker::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    given_.wait(lock, [this] { return is_closed_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Task task = std::move(waiting_.front());
    waiting_.pop_front();
    is_busy_ = true;
    lock.unlock();
    const auto done = task();
    lock.lock();
    is_busy_ = false;
    if (!done) {
      error_ = done.error();
      waiting_.clear();
    }
    done_.notify_one();
  }
}

Result<void> Worker::give(Task task) {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return waiting_.size() < waiting_max_ || error_; });
  if (error_) return *error_;
  if (!thread_.joinable()) {
    if (const auto done = task(); !done) error_ = done.error();
    if (error_) return *error_;
    return {};
  }
  waiting_.push_back(std::move(task));
  given_.notify_one();
  return {};
}

bool Worker::is_idle() {
  const std::lock_guard lock(mutex_);
  return waiting_.empty() && !is_busy_;
}

Result<void> Worker::finish() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return error_ || (waiting_.empty() && !is_busy_); });
  if (error_) return *error_;
  return {};
}

}  // namespace muniment
