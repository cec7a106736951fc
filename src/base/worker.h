// One thread that does what it is given, in that order, while the giver goes on.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "base/result.h"

namespace muniment {

/// After the first error nothing more is done; every later call gives that error.
class Worker {
 public:
  using Task = std::function<Result<void>()>;

  enum class Mode { by_thread, at_once };
  /// At most `waiting_max` tasks wait. `at_once`: there is no thread, and give() does the work itself.
  Worker(Mode mode, std::size_t waiting_max);
  /// What has not begun is dropped.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Waits while too many wait. By one thread.
  Result<void> give(Task task);
  /// Waits until all is done. More can be given after it.
  Result<void> finish();
  /// Whether all is done.
  bool is_idle();

 private:
  void work();

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable given_;  // for the thread
  std::condition_variable done_;   // for whoever gives
  std::deque<Task> waiting_;
  bool is_busy_ = false;
  bool is_closed_ = false;
  std::optional<Error> error_;
  std::jthread thread_;
};

}  // namespace muniment
