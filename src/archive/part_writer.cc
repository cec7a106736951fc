#include "archive/part_writer.h"

#include <algorithm>

#include "archive/receipt.h"

namespace muniment {
namespace {

constexpr std::size_t kPieceBytes = 1 << 20;
constexpr std::size_t kPiecesWaitingMax = 6;
constexpr std::size_t kPartsUnsyncedMax = 4;

}  // namespace

Result<void> PartWriter::write(ByteView sealed) {
  while (!sealed.empty()) {
    const std::uint64_t room = std::min<std::uint64_t>(kPieceBytes - piece_.size(), kPartBytes - part_bytes_);
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(sealed.size(), room));
    append(piece_, sealed.first(count));
    part_bytes_ += count;
    size_bytes_ += count;
    sealed = sealed.subspan(count);
    const bool ends_part = part_bytes_ == kPartBytes;
    if (piece_.size() == kPieceBytes || ends_part) TRY(hand_over(ends_part));
  }
  return {};
}

Result<void> PartWriter::finish() {
  if (part_bytes_ > 0) {
    // A small deposit needs no threads.
    if (!writer_) mode_ = Worker::Mode::at_once;
    TRY(hand_over(true));
  }
  if (writer_) TRY(writer_->finish());
  if (syncer_) TRY(syncer_->finish());
  return {};
}

Result<void> PartWriter::hand_over(bool ends_part) {
  if (!writer_) {
    writer_.emplace(mode_, kPiecesWaitingMax);
    syncer_.emplace(mode_, kPartsUnsyncedMax);
  }
  {
    const std::lock_guard lock(mutex_);
    filled_.push_back(std::move(piece_));
    piece_ = Bytes();
    if (!free_.empty()) {
      piece_ = std::move(free_.back());
      free_.pop_back();
    }
  }
  if (ends_part) part_bytes_ = 0;
  return writer_->give([this, ends_part] { return write_next(ends_part); });
}

Result<void> PartWriter::write_next(bool ends_part) {
  Bytes piece;
  {
    const std::lock_guard lock(mutex_);
    piece = std::move(filled_.front());
    filled_.pop_front();
  }
  TRY(write_piece(piece, ends_part));
  piece.clear();
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(piece));
  return {};
}

Result<void> PartWriter::sync_next() {
  std::unique_ptr<OutputFile> file;
  {
    const std::lock_guard lock(mutex_);
    file = std::move(unsynced_.front());
    unsynced_.pop_front();
  }
  return file->sync();
}

Result<void> PartWriter::write_piece(ByteView piece, bool ends_part) {
  if (file_ == nullptr) {
    TRY_ASSIGN(file_, fs_.create(join(folder_, part_name(parts_.size()))));
  }
  TRY(file_->write(piece));
  hasher_.update(piece);
  if (!ends_part) return {};
  parts_.push_back(hasher_.finish());
  if (parts_.size() > kPartsMax) return Error(Code::limit, "a single file of more than 4 TiB cannot be one deposit");
  {
    const std::lock_guard lock(mutex_);
    unsynced_.push_back(std::move(file_));
  }
  return syncer_->give([this] { return sync_next(); });
}

}  // namespace muniment
