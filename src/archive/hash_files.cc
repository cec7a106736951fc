#include "archive/hash_files.h"

#include <algorithm>
#include <optional>

namespace muniment {
namespace {

constexpr std::size_t kPiecesBytes = 512 * 1024;  // of all together: that much fits into a processor's second cache
constexpr std::size_t kPieceBytesMin = 32 * 1024;

/// One of them, on its way.
class FileStream {
 public:
  FileStream(const FileToHash& file, std::size_t piece_bytes) : file_(file), is_at_end_(file.file == nullptr) {
    if (!is_at_end_) piece_.resize(piece_bytes);
  }

  Sha256Hasher& hasher() { return hasher_; }

  /// Valid until the next call; empty at the end.
  ByteView next() {
    if (is_at_end_) return {};
    const auto count = file_.file->read(piece_);
    if (!count) return end_with(count.error());
    bytes_ += *count;
    if (bytes_ > file_.bytes_max) return end_with({Code::limit, "it is longer than it should be"});
    is_at_end_ = *count < piece_.size();
    return ByteView(piece_).first(*count);
  }

  Result<Sha256> finish() {
    if (error_) return *error_;
    return hasher_.finish();
  }

 private:
  ByteView end_with(Error error) {
    error_ = std::move(error);
    is_at_end_ = true;
    return {};
  }

  FileToHash file_;
  Bytes piece_;
  Sha256Hasher hasher_;
  std::uint64_t bytes_ = 0;
  std::optional<Error> error_;
  bool is_at_end_;
};

}  // namespace

std::vector<Result<Sha256>> hash_files(std::span<const FileToHash> files,
                                       const std::function<void(std::uint64_t bytes)>& on_bytes) {
  const std::size_t piece_bytes = std::max(kPieceBytesMin, kPiecesBytes / std::max<std::size_t>(files.size(), 1));
  std::vector<FileStream> streams;
  for (const FileToHash& file : files) streams.emplace_back(file, piece_bytes);
  for (;;) {
    std::vector<Sha256Hasher::Stream> pieces;
    std::uint64_t bytes = 0;
    for (FileStream& stream : streams) {
      const ByteView piece = stream.next();
      bytes += piece.size();
      if (!piece.empty()) pieces.push_back({&stream.hasher(), piece});
    }
    if (pieces.empty()) break;
    Sha256Hasher::update_all(std::move(pieces));
    on_bytes(bytes);
  }
  std::vector<Result<Sha256>> digests;
  for (FileStream& stream : streams) digests.push_back(stream.finish());
  return digests;
}

}  // namespace muniment
