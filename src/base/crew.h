// A few threads that share a stream of tasks: each runs in a lane, and what belongs to a lane (connections, staging
// folders) is used by one thread at a time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"

namespace muniment {

/// Tasks are begun in the order in which they were given. The first error ends all: what has not begun is dropped.
class Crew {
 public:
  using Task = std::function<Result<void>(std::size_t lane)>;
  using Piece = std::function<Result<void>(std::size_t lane, std::uint64_t number)>;

  /// Lanes are numbered from 0. With one there is no thread: whoever gives a task runs it. At most `waiting_max` tasks
  /// wait to be begun.
  Crew(std::size_t lanes, std::size_t waiting_max);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Waits while too many tasks wait. By one thread, and not from a task. Errors: the first of any task.
  Result<void> give(Task task);
  /// From a task of `lane`: runs pieces 0 to `count`-1, in other lanes too where these have no older work. Returns when
  /// all are done. Errors: the first of any piece or task.
  Result<void> share(std::size_t lane, std::uint64_t count, const Piece& piece);
  /// Waits for all tasks; nothing can be given after it. Errors: the first of any task.
  Result<void> finish();

 private:
  struct Shared {
    std::uint64_t count;
    const Piece& piece;
    std::uint64_t next = 0;
    std::uint64_t running = 0;
    bool has_pieces() const { return next < count; }
  };

  void work(std::size_t lane);
  void run_piece(std::unique_lock<std::mutex>& lock, std::size_t lane, Shared& shared);
  Shared* find_shared();
  void fail(const Error& error);
  Result<void> outcome() const;

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable work_;        // for lanes: there is a task or a piece, or an end
  std::condition_variable room_;        // for whoever gives: a task was begun, or there is an error
  std::condition_variable pieces_end_;  // for tasks that share: nobody is at a piece any more
  std::deque<Task> waiting_;
  std::vector<Shared*> shared_;  // lent by tasks in share(), which wait until nobody uses them
  std::optional<Error> error_;
  std::size_t at_tasks_ = 0;  // lanes that run one, and may share its pieces yet
  bool is_closed_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace muniment
