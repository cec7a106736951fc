#include "base/crew.h"

#include <algorithm>

namespace muniment {

Crew::Crew(std::size_t lanes, std::size_t waiting_max) : waiting_max_(waiting_max) {
  MUNIMENT_CHECK(lanes > 0 && waiting_max > 0);
  if (lanes == 1) return;
  for (std::size_t lane = 0; lane < lanes; ++lane) threads_.emplace_back([this, lane] { work(lane); });
}

Crew::~Crew() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
  is_closed_ = true;
  work_.notify_all();
}  // threads_ is the last member: its threads are joined before anything else goes

Result<void> Crew::outcome() const {
  if (error_) return *error_;
  return {};
}

void Crew::fail(const Error& error) {
  if (!error_) error_ = error;
  waiting_.clear();
  work_.notify_all();
  room_.notify_all();
}

Result<void> Crew::give(Task task) {
  if (threads_.empty()) {
    if (error_) return *error_;
    if (const auto done = task(0); !done) error_ = done.error();
    return outcome();
  }
  std::unique_lock lock(mutex_);
  MUNIMENT_CHECK(!is_closed_);
  room_.wait(lock, [this] { return waiting_.size() < waiting_max_ || error_; });
  if (error_) return *error_;
  waiting_.push_back(std::move(task));
  work_.notify_one();
  return {};
}

/// The lock is held before and after, not meanwhile.
void Crew::run_piece(std::unique_lock<std::mutex>& lock, std::size_t lane, Shared& shared) {
  const std::uint64_t number = shared.next++;
  ++shared.running;
  lock.unlock();
  const auto done = shared.piece(lane, number);
  lock.lock();
  --shared.running;
  if (!done) fail(done.error());
  if (shared.running == 0) pieces_end_.notify_all();
}

Crew::Shared* Crew::find_shared() {
  const auto found = std::ranges::find_if(shared_, &Shared::has_pieces);
  return found == shared_.end() ? nullptr : *found;
}

Result<void> Crew::share(std::size_t lane, std::uint64_t count, const Piece& piece) {
  if (threads_.empty()) {
    for (std::uint64_t i = 0; i < count; ++i) TRY(piece(lane, i));
    return {};
  }
  Shared shared{.count = count, .piece = piece};
  std::unique_lock lock(mutex_);
  shared_.push_back(&shared);
  if (count > 1) work_.notify_all();
  while (shared.has_pieces() && !error_) run_piece(lock, lane, shared);
  std::erase(shared_, &shared);
  pieces_end_.wait(lock, [&] { return shared.running == 0; });
  return outcome();
}

void Crew::work(std::size_t lane) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto is_over = [this] { return is_closed_ && waiting_.empty() && at_tasks_ == 0; };
    work_.wait(lock, [&] { return is_over() || !waiting_.empty() || (!error_ && find_shared() != nullptr); });
    if (Shared* shared = error_ ? nullptr : find_shared()) {
      run_piece(lock, lane, *shared);
    } else if (!waiting_.empty()) {
      const Task task = std::move(waiting_.front());
      waiting_.pop_front();
      room_.notify_one();
      ++at_tasks_;
      lock.unlock();
      const auto done = task(lane);
      lock.lock();
      --at_tasks_;
      if (!done) fail(done.error());
      if (at_tasks_ == 0) work_.notify_all();
    } else if (is_over()) {
      return;
    }
  }
}

Result<void> Crew::finish() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    work_.notify_all();
  }
  for (std::jthread& thread : threads_) thread.join();
  threads_.clear();
  return outcome();
}

}  // namespace muniment
