#include "archive/hash_files.h"

#include <optional>

namespace muniment {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;  // two of them fit into a processor's second cache

/// One of the two, on its way.
class FileStream {
 public:
  explicit FileStream(const FileToHash& file) : file_(file), is_at_end_(file.file == nullptr) {
    if (!is_at_end_) piece_.resize(kPieceBytes);
  }

  bool is_at_end() const { return is_at_end_; }
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

std::array<Result<Sha256>, 2> hash_files(const std::array<FileToHash, 2>& files,
                                         const std::function<void(std::uint64_t bytes)>& on_bytes) {
  FileStream a(files[0]);
  FileStream b(files[1]);
  while (!a.is_at_end() || !b.is_at_end()) {
    const ByteView of_a = a.next();
    const ByteView of_b = b.next();
    Sha256Hasher::update_both(a.hasher(), of_a, b.hasher(), of_b);
    on_bytes(of_a.size() + of_b.size());
  }
  return {a.finish(), b.finish()};
}

}  // namespace muniment
