#include "archive/part_writer.h"

#include <utility>

#include "archive/receipt.h"

namespace muniment {
namespace {

static_assert(kPartBytes % Piece::kBytes == 0, "a part would end within a piece");

constexpr std::size_t kPiecesLeftMax = 2;
constexpr std::size_t kPiecesToWriteMax = 4;

}  // namespace

Result<void> PartWriter::write(ByteView sealed) {
  while (!sealed.empty()) {
    if (piece_ == nullptr) piece_ = &ring_.take();
    const std::size_t count = piece_->fill(sealed);
    part_bytes_ += count;
    size_bytes_ += count;
    sealed = sealed.subspan(count);
    // The last piece of all ends its part, and only finish() knows that it is the last.
    if (piece_->is_full() && (!sealed.empty() || part_bytes_ == kPartBytes)) {
      if (!to_disk_) to_disk_.emplace(mode_, kPiecesToWriteMax);
      hand_over(part_bytes_ == kPartBytes);
      TRY(hash_until(leaves_hashing_ ? kPiecesLeftMax : 0));
    }
  }
  return {};
}

Result<void> PartWriter::finish() {
  // A small deposit needs no thread.
  if (!to_disk_) to_disk_.emplace(Worker::Mode::at_once, kPiecesToWriteMax);
  if (piece_ != nullptr) hand_over(true);
  TRY(hash_until(0));
  return to_disk_->finish();
}

void PartWriter::hand_over(bool ends_part) {
  if (ends_part) part_bytes_ = 0;
  const std::lock_guard lock(mutex_);
  waiting_.push_back({std::exchange(piece_, nullptr), ends_part});
}

/// Hashes alone until no more than so many pieces wait for who hashes beside.
Result<void> PartWriter::hash_until(std::size_t waiting) {
  for (;;) {
    Sealed sealed;
    {
      std::unique_lock lock(mutex_);
      hashed_.wait(lock, [this] { return !is_hashing_; });
      if (waiting_.size() <= waiting) return {};
      sealed = begin_hashing();
    }
    digest_.update(sealed.piece->view());
    TRY(end_hashing(sealed));
  }
}

Result<void> PartWriter::hash_beside(Sha256Hasher& other, ByteView data) {
  Sealed sealed;
  {
    const std::lock_guard lock(mutex_);
    const bool is_worth_it = leaves_hashing_ && data.size() >= Piece::kBytes / 2;
    if (is_worth_it && !is_hashing_ && !waiting_.empty()) sealed = begin_hashing();
  }
  if (sealed.piece == nullptr) {
    other.update(data);
    return {};
  }
  Sha256Hasher::update_both(other, data, digest_, sealed.piece->view());
  return end_hashing(sealed);
}

/// Under the lock: the first piece that waits. Nobody else hashes before end_hashing().
PartWriter::Sealed PartWriter::begin_hashing() {
  is_hashing_ = true;
  const Sealed sealed = waiting_.front();
  waiting_.pop_front();
  return sealed;
}

Result<void> PartWriter::end_hashing(const Sealed& sealed) {
  if (sealed.ends_part) parts_.push_back(digest_.finish());
  auto given = parts_.size() > kPartsMax
                   ? Result<void>(Error(Code::limit, "a single file of more than 4 TiB cannot be one deposit"))
                   : to_disk_->give([this, sealed] { return write_piece(sealed); });
  const std::lock_guard lock(mutex_);
  is_hashing_ = false;
  hashed_.notify_all();
  return given;
}

Result<void> PartWriter::write_piece(const Sealed& sealed) {
  if (file_ == nullptr) {
    TRY_ASSIGN(file_, fs_.create(join(folder_, part_name(files_))));
    ++files_;
  }
  TRY(file_->write(sealed.piece->view()));
  ring_.give_back(*sealed.piece);
  if (!sealed.ends_part) return {};
  TRY(file_->sync());
  file_.reset();
  return {};
}

}  // namespace muniment
