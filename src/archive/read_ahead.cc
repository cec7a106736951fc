#include "archive/read_ahead.h"

#include <algorithm>
#include <utility>

namespace muniment {
namespace {

bool is_small(const SourceItem& item) {
  return item.kind == SourceItem::Kind::file && item.info.size_bytes < ReadAhead::kSmallBytes;
}

/// Of files that lie in memory.
void hash_all(std::vector<ReadItem>& items) {
  std::vector<Sha256Hasher> hashers(items.size());
  std::vector<Sha256Hasher::Stream> streams;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].whole) streams.push_back({&hashers[i], items[i].whole->bytes});
  }
  Sha256Hasher::update_all(std::move(streams));
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].whole) items[i].whole->digest = hashers[i].finish();
  }
}

}  // namespace

void ReadAhead::give(SourceItem item) {
  ++waiting_;
  if (batches_.empty() || batches_.back()->is_given) {
    batches_.push_back(std::make_unique<Batch>());
    batches_.back()->memory = std::move(memory_);
  }
  Batch& batch = *batches_.back();
  if (is_small(item)) batch.bytes += static_cast<std::size_t>(item.info.size_bytes) + 1;
  batch.items.push_back({std::move(item)});
  if (batch.items.size() == kBatchItems || batch.bytes >= kBatchBytes) hand_over();
}

void ReadAhead::hand_over() {
  Batch& batch = *batches_.back();
  batch.is_given = true;
  const auto given = worker_.give([this, &batch]() -> Result<void> {
    read(batch);
    const std::lock_guard lock(mutex_);
    batch.is_ready = true;
    ready_.notify_one();
    return {};
  });
  MUNIMENT_CHECK(given.has_value());  // its tasks do not fail
}

void ReadAhead::read(Batch& batch) {
  if (batch.memory.size() < batch.bytes) batch.memory.resize(batch.bytes);
  MutableBytes left = batch.memory;
  for (ReadItem& read : batch.items) {
    if (is_small(read.item)) read.whole = read_whole(read.item.fs_path, left);
  }
  hash_all(batch.items);
}

/// `left`: where it goes, and becomes less by it. Nothing where anything is not as it should be: what that was is found
/// out when its turn comes.
std::optional<WholeFile> ReadAhead::read_whole(const std::string& path, MutableBytes& left) {
  const auto file = fs_.open(path);
  const auto before = file ? (*file)->info() : Result<FileInfo>(file.error());
  if (!before || before->size_bytes >= left.size()) return std::nullopt;
  // One byte more shows whether it grew.
  const auto size = static_cast<std::size_t>(before->size_bytes);
  const auto count = (*file)->read(left.first(size + 1));
  const auto after = (*file)->info();
  if (!count || *count != size || !after || after->modified_ns != before->modified_ns) return std::nullopt;
  const ByteView bytes = left.first(size);
  left = left.subspan(size);
  return WholeFile{*before, bytes, {}};
}

const ReadItem& ReadAhead::take() {
  --waiting_;
  if (batches_.front()->taken == batches_.front()->items.size()) {
    memory_ = std::move(batches_.front()->memory);
    batches_.pop_front();
  }
  Batch& batch = *batches_.front();
  if (!batch.is_given) hand_over();
  std::unique_lock lock(mutex_);
  ready_.wait(lock, [&batch] { return batch.is_ready; });
  return batch.items[batch.taken++];
}

}  // namespace muniment
